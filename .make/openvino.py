"""openvino.py WHEEL FOLDER: takes the libraries that run networks on the CPU, and their licences, out of OpenVINO's wheel."""

import pathlib
import re
import sys
import zipfile

# The core, its C interface, the CPU plugin, the readers of ONNX and of compiled networks, TBB.
LIBRARIES = re.compile(r"openvino/libs/lib(openvino|openvino_c|openvino_intel_cpu_plugin|openvino_onnx_frontend|openvino_ir_frontend|tbb)\.so[.\d]*")
LICENCES = re.compile(r"openvino-[^/]+\.dist-info/licenses/.+")

with zipfile.ZipFile(sys.argv[1]) as wheel:
    taken = 0
    for name in wheel.namelist():
        is_library = LIBRARIES.fullmatch(name)
        if not is_library and not LICENCES.fullmatch(name):
            continue
        folder = pathlib.Path(sys.argv[2], "" if is_library else "licences")
        folder.mkdir(exist_ok=True)
        (folder / pathlib.PurePosixPath(name).name).write_bytes(wheel.read(name))
        taken += bool(is_library)
if taken != 6:
    sys.exit(f"the wheel holds {taken} of the 6 libraries")
