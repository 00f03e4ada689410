// Our side of bench/peers: runs a graph a given number of times whenever it is told to, so that
// another program can take turns with it.
//
// usage: graph_rounds GRAPH.onnx THREADS ISA MODE [INPUT.npy ...]   inputs in the graph's order
//   MODE is direct or winograd: all of every map. With sweep- before it the one input is a BEV
//   image whose pillars are its cells with anything but zeros: it's then given by them, as in a
//   detector. With scan- before it the image is given whole, and those cells are looked for in
//   every run.
// Reads counts, one a line, from standard input; answers each with a line of that many times in
// milliseconds. Its first line says what runs. With a file NAME after a count, the outputs of the
// last run are written to NAME.0.npy, NAME.1.npy, ...
#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "base/npy.hpp"
#include "base/thread_pool.hpp"
#include "onnx/reader.hpp"

namespace colonnade {
namespace {

/// A dense image's pillars.
struct SparseImage {
  explicit SparseImage(const ConstTensorView& dense) : shape(dense.shape) {
    const std::int64_t cells_of_image = shape[2] * shape[3];
    const auto* values = dense.as<float>();
    for (std::int64_t cell = 0; cell < cells_of_image; ++cell) {
      bool occupied = false;
      for (std::int64_t c = 0; c < shape[1]; ++c)
        occupied |= values[c * cells_of_image + cell] != 0;
      if (!occupied) continue;
      cells.push_back(
          {static_cast<std::int32_t>(cell % shape[3]), static_cast<std::int32_t>(cell / shape[3])});
      for (std::int64_t c = 0; c < shape[1]; ++c) {
        features.push_back(values[c * cells_of_image + cell]);
      }
    }
  }
  BevImage view() const {
    return {features.data(), cells.data(), static_cast<std::int64_t>(cells.size()),
            shape[1],        shape[2],     shape[3]};
  }

  Shape shape;
  std::vector<PillarCell> cells;
  std::vector<float> features;
};

int serve(const std::vector<std::string>& arguments) {
  const Graph graph = read_onnx(arguments[0]);
  ThreadPool threads(std::stoi(arguments[1]));
  const std::string& mode = arguments[3];
  const bool sweep = mode.rfind("sweep-", 0) == 0, scan = mode.rfind("scan-", 0) == 0;
  CompileOptions options;
  options.isa = parse_isa(arguments[2]);
  options.winograd = mode.find("winograd") != std::string::npos;
  options.dense = !sweep && !scan;
  std::vector<Tensor> inputs;
  std::vector<ConstTensorView> views;
  std::vector<Shape> shapes;
  for (std::size_t i = 4; i < arguments.size(); ++i) inputs.push_back(read_npy(arguments[i]));
  for (const Tensor& input : inputs) {
    views.push_back(input.view());
    shapes.push_back(input.shape());
  }
  const Backend& backend = find_backend("cpu");
  const auto session = backend.compile(graph, shapes, options)->create_session(threads);
  const std::optional<SparseImage> image =
      sweep ? std::make_optional<SparseImage>(views.at(0)) : std::nullopt;
  const auto run = [&] { image ? session->run(image->view()) : session->run(views); };
  run();
  std::cout << backend.isa_name(options.isa, options.precision) << ", " << threads.threads()
            << " threads" << std::endl;

  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    int count = 0;
    std::string file;
    words >> count >> file;
    for (int i = 0; i < count; ++i) {
      const auto start = std::chrono::steady_clock::now();
      run();
      const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
      std::cout << ms.count() << ' ';
    }
    for (std::size_t o = 0; !file.empty() && o < session->outputs().size(); ++o) {
      write_npy(fmt::format("{}.{}.npy", file, o), session->outputs()[o]);
    }
    std::cout << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace colonnade

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: graph_rounds GRAPH.onnx THREADS ISA MODE [INPUT.npy ...]\n";
    return 2;
  }
  try {
    return colonnade::serve({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "graph_rounds: " << error.what() << '\n';
    return 2;
  }
}
