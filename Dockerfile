# NOT TESTED: written where there is no container engine. What it says of packages
# holds for Debian 12, on which Oblik is built and tested without a container.
#
#     docker build --tag oblik .
#
# The image holds the program and OpenCV's libraries; OpenVINO is left out, so
# OpenCV runs the networks. It holds no weights, photographs, keys or data: weights
# are mounted at /weights (`make setup` puts them into .cache/weights), and /data
# keeps the key that signs tokens.

FROM golang:1.26-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends g++ pkg-config libopencv-dev \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -buildvcs=false -trimpath -o /oblik ./cmd/oblik

FROM debian:bookworm-slim
# curl is for the health check alone.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates curl \
	libopencv-calib3d406 libopencv-core406 libopencv-dnn406 libopencv-features2d406 libopencv-flann406 \
	libopencv-highgui406 libopencv-imgcodecs406 libopencv-imgproc406 libopencv-objdetect406 \
	libopencv-photo406 libopencv-video406 libopencv-videoio406 \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin oblik \
	&& install --directory --owner oblik --group oblik --mode 700 /data
COPY --from=build /oblik /usr/local/bin/oblik
USER oblik
ENV OBLIK_DATA_DIR=/data OBLIK_WEIGHTS_DIR=/weights
VOLUME /data
EXPOSE 8443
ENTRYPOINT ["oblik"]
CMD ["serve", "--listen", "0.0.0.0:8443", "--tls-cert", "/run/secrets/tls-cert", "--tls-key", "/run/secrets/tls-key"]
