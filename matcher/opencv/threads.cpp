#include <opencv2/core.hpp>

// gocv 0.31 has no binding of it.
extern "C" void oblik_set_threads(int n) { cv::setNumThreads(n); }
