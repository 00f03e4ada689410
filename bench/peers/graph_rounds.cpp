// Our side of bench/peers: runs a graph a given number of times whenever it is told to, so that
// another program can take turns with it.
//
// usage: graph_rounds GRAPH.onnx THREADS ISA [INPUT.npy ...]   inputs in the graph's order
// Reads counts, one a line, from standard input; answers each with a line of that many times in
// milliseconds. Its first line says what runs. With a file NAME after a count, the outputs of the
// last run are written to NAME.0.npy, NAME.1.npy, ...
#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "base/npy.hpp"
#include "base/thread_pool.hpp"
#include "onnx/reader.hpp"

namespace colonnade {
namespace {

int serve(const std::vector<std::string>& arguments) {
  const Graph graph = read_onnx(arguments[0]);
  ThreadPool threads(std::stoi(arguments[1]));
  const CompileOptions options{parse_isa(arguments[2]), {}};
  std::vector<Tensor> inputs;
  std::vector<ConstTensorView> views;
  std::vector<Shape> shapes;
  for (std::size_t i = 3; i < arguments.size(); ++i) inputs.push_back(read_npy(arguments[i]));
  for (const Tensor& input : inputs) {
    views.push_back(input.view());
    shapes.push_back(input.shape());
  }
  const Backend& backend = find_backend("cpu");
  const auto session = backend.compile(graph, shapes, options)->create_session(threads);
  session->run(views);
  std::cout << backend.isa_name(options.isa) << ", " << threads.threads() << " threads"
            << std::endl;

  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    int count = 0;
    std::string file;
    words >> count >> file;
    for (int i = 0; i < count; ++i) {
      const auto start = std::chrono::steady_clock::now();
      session->run(views);
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
  if (argc < 4) {
    std::cerr << "usage: graph_rounds GRAPH.onnx THREADS ISA [INPUT.npy ...]\n";
    return 2;
  }
  try {
    return colonnade::serve({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "graph_rounds: " << error.what() << '\n';
    return 2;
  }
}
