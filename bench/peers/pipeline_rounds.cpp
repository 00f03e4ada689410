// Our side of bench/peers' table of the whole pipeline: a detector, points to boxes, that runs on
// one of its sweeps whenever it is told to, so that another program can take turns with it.
//
// usage: pipeline_rounds MODEL THREADS ISA PRECISION winograd|direct SWEEP ...
//   MODEL: a model.yaml or an engine. Its first line says what runs.
// Reads "SWEEP_NUMBER COUNT" lines from standard input; answers each with a line of COUNT times in
// milliseconds.
#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "colonnade/detector.hpp"
#include "colonnade/io.hpp"

namespace colonnade {
namespace {

int serve(const std::vector<std::string>& arguments) {
  DetectorOptions options;
  options.threads = std::stoi(arguments[1]);
  options.isa = arguments[2];
  options.precision = arguments[3];
  options.direct = arguments[4] == "direct";
  Detector detector = Detector::open(arguments[0], options);
  std::vector<Cloud> clouds;
  for (std::size_t i = 5; i < arguments.size(); ++i) clouds.push_back(read_cloud(arguments[i]));
  Detections detections;
  for (const Cloud& cloud : clouds) detector.detect(cloud.view(), detections);
  std::cout << detector.engine().isa() << ", " << detector.engine().precision() << std::endl;

  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::size_t cloud = 0;
    int count = 0;
    words >> cloud >> count;
    for (int i = 0; i < count; ++i) {
      const auto start = std::chrono::steady_clock::now();
      detector.detect(clouds.at(cloud).view(), detections);
      const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
      std::cout << ms.count() << ' ';
    }
    std::cout << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace colonnade

int main(int argc, char** argv) {
  if (argc < 7) {
    std::cerr << "usage: pipeline_rounds MODEL THREADS ISA PRECISION winograd|direct SWEEP ...\n";
    return 2;
  }
  try {
    return colonnade::serve({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "pipeline_rounds: " << error.what() << '\n';
    return 2;
  }
}
