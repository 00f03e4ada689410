// colonnade run: any graph on .npy inputs.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "backends/backend.hpp"
#include "base/cpus.hpp"
#include "base/npy.hpp"
#include "base/thread_pool.hpp"
#include "build/graph_source.hpp"
#include "colonnade/error.hpp"
#include "graph/input_arguments.hpp"
#include "profile_options.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

struct RunOptions {
  std::string graph;
  std::vector<std::string> inputs;
  std::string output;
  std::string backend = "auto";
  std::string isa = "auto", precision = "auto";
  std::string tensorrt_folder;
  int threads = 0;
  std::optional<std::size_t> profile;
};

/// The tensors of --input NAME=FILE.npy in the order of the graph's inputs.
std::vector<Tensor> read_inputs(const Graph& graph, const std::vector<std::string>& arguments) {
  std::vector<Tensor> tensors(graph.inputs.size());
  for (const std::string& argument : arguments) {
    const auto [best, file] = input_argument(graph, "--input", '=', argument, "NAME=FILE.npy");
    if (tensors[best]) {
      throw Error(
          ErrorCode::invalid_argument, "--input " + argument,
          "the input '" + graph.values[graph.inputs[best]].name + "' is given a second time");
    }
    if (file.empty()) {
      throw Error(ErrorCode::invalid_argument, "--input " + argument,
                  "expected a .npy file after the '='");
    }
    tensors[best] = read_npy(file);
  }
  std::string missing;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!tensors[i]) missing += " --input " + describe(graph.values[graph.inputs[i]]);
  }
  if (!missing.empty()) {
    throw Error(ErrorCode::invalid_argument, "the graph also needs" + missing);
  }
  return tensors;
}

/// A file name for an output: characters outside A-Za-z0-9._- become _; unnamed: output_K; a name
/// that's taken gets its position appended.
std::string file_name(const std::string& output, std::size_t position,
                      std::set<std::string>& taken) {
  std::string name = output.empty() ? fmt::format("output_{}", position) : output;
  for (char& c : name) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    if (!plain) c = '_';
  }
  while (!taken.insert(name).second) name += fmt::format("_{}", position);
  return name + ".npy";
}

int run(const RunOptions& options) {
  const GraphSource source =
      open_graph(options.graph, {options.backend, options.isa, options.precision},
                 tensorrt_places(options.tensorrt_folder));
  const Graph& graph = source.graph;
  const std::vector<Tensor> tensors = read_inputs(graph, options.inputs);
  std::vector<ConstTensorView> views;
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) {
    views.push_back(tensor.view());
    shapes.push_back(tensor.shape());
  }
  const std::size_t profile = choose_profile(source.profiles, shapes, options.profile);
  make_folder(options.output);
  ThreadPool threads(options.threads > 0 ? options.threads : usable_cpus());
  fmt::print("backend {} ({}{}), {} thread{}{}\n", source.backend, source.isa_name(),
             precision_note(source.precision().text()), threads.threads(),
             threads.threads() == 1 ? "" : "s", profile_note(source.profiles, {profile}));
  CompileOptions compile = source.options;
  compile.dense = true;  // What zeros leave out is found by a run of its own: too much for one.
  const auto session = source.compile(shapes, compile)->create_session(threads);
  session->use_profile(profile);
  session->run(views);

  std::set<std::string> taken;
  for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
    const ConstTensorView output = session->outputs()[k];
    const std::string file = file_name(graph.values[graph.outputs[k]].name, k, taken);
    write_npy((std::filesystem::path(options.output) / file).string(), output);
    fmt::print("{} {}{}\n", file, name_of(output.dtype), output.shape.to_string());
  }
  return kFine;
}

}  // namespace

Verb add_run(CLI::App& app) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* verb = app.add_subcommand("run", "Run any ONNX graph on .npy inputs.");
  verb->add_option("GRAPH", options->graph, "An .onnx file, an engine of one, or TensorRT's plan")
      ->type_name(".onnx|.engine|.plan")
      ->required();
  verb->add_option("--input", options->inputs, "One for each of the graph's inputs")
      ->type_name("NAME=FILE.npy");
  verb->add_option("-o,--output", options->output, "Folder for NAME.npy of each output")
      ->type_name("DIR")
      ->required();
  add_backend(*verb, options->backend, kTensorRtBackend);
  add_isa(*verb, options->isa);
  add_precision(*verb, options->precision);
  add_tensorrt_folder(*verb, options->tensorrt_folder);
  add_use_profile(*verb, options->profile);
  add_threads(*verb, options->threads);
  verb->footer("colonnade run graph.onnx --input points=points.npy count=count.npy -o out");
  return [options] { return run(*options); };
}

}  // namespace colonnade
