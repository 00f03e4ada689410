// Public headers only: opens a detector, catches the library's own exception type across its
// border.
#include <colonnade/box.hpp>
#include <colonnade/cloud.hpp>
#include <colonnade/detector.hpp>
#include <colonnade/engine.hpp>
#include <colonnade/error.hpp>
#include <colonnade/model.hpp>
#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
  try {
    colonnade::Detector detector = colonnade::Detector::open(argc > 1 ? argv[1] : "no-such.yaml");
    const std::vector<float> points = {10, 0, -1, 0.5f, 10.1f, 0.1f, -1, 0.5f};
    colonnade::Detections detections;
    detector.detect(colonnade::view_xyzi(points.data(), points.size() / 4), detections);
    std::printf("%lld points, %zu boxes\n", static_cast<long long>(detections.stats.points),
                detections.boxes.size());
    return argc > 1 ? 0 : 1;
  } catch (const colonnade::Error& error) {
    std::printf("%s\n", error.what());
    return argc > 1 || error.code() != colonnade::ErrorCode::io ? 1 : 0;
  }
}
