// colonnade convert: ONNX in, ONNX out that another runtime takes.
#include <fmt/core.h>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.hpp"
#include "build/graph_precision.hpp"
#include "build/source.hpp"
#include "colonnade/error.hpp"
#include "graph/input_arguments.hpp"
#include "onnx/writer.hpp"
#include "precision_options.hpp"
#include "sizes.hpp"
#include "tensorrt/prepare.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

struct ConvertArguments {
  std::string input, output, target = "tensorrt", grid;
  PrecisionOptions precision;
};

std::optional<std::array<std::int64_t, 2>> image_size_of(const ConvertArguments& arguments,
                                                         const BuildSource& source) {
  if (arguments.grid.empty()) {
    if (!source.model) return std::nullopt;
    return std::array{source.model->grid.nx(), source.model->grid.ny()};
  }
  const std::string where = "--grid " + arguments.grid;
  const Shape dims = parse_shape(where, arguments.grid);
  if (dims.rank() != 2 || dims[0] < 1 || dims[1] < 1) {
    throw Error(ErrorCode::invalid_argument, where,
                "expected WIDTHxHEIGHT in cells, 432x496 for KITTI");
  }
  return std::array{dims[0], dims[1]};
}

int convert(const ConvertArguments& arguments) {
  if (arguments.target != "tensorrt" && arguments.target != "onnx") {
    throw Error(ErrorCode::invalid_argument, "--for " + arguments.target,
                "expected tensorrt or onnx");
  }
  BuildOptions build;
  take_precision_options(arguments.precision, build);
  const AskedGraphPrecision asked = asked_graph_precision(build);
  if (arguments.target == "onnx" && asked.precision != Precision::fp32) {
    throw Error(ErrorCode::invalid_argument, "--for onnx --precision " + build.precision,
                "expected --for tensorrt, which takes precisions from the graph");
  }
  const BuildSource source = read_build_source(arguments.input);
  const PrepareOptions options{image_size_of(arguments, source)};
  const auto calibration = calibrate_graph_precision(asked, source, {}, build);
  if (source.model) make_folder(arguments.output);
  for (std::size_t i = 0; i < source.graphs.size(); ++i) {
    const std::string path =
        source.model
            ? (fs::path(arguments.output) / fs::path(source.model->graphs[i].file).filename())
                  .string()
            : arguments.output;
    refuse_to_replace(source, path);
    PreparedGraph prepared{source.graphs[i], {}};
    if (arguments.target == "tensorrt") prepared = prepare_for_tensorrt(prepared.graph, options);
    say_precision(prepared, asked, calibration);
    const std::vector<std::byte> bytes = write_onnx(prepared.graph);
    write_file_durably(path, bytes);
    for (const std::string& note : prepared.notes) fmt::print("{}: {}\n", path, note);
    fmt::print("{}: {}, {} nodes\n", path, size_text(bytes.size()), prepared.graph.nodes.size());
  }
  return kFine;
}

}  // namespace

Verb add_convert(CLI::App& app) {
  const auto o = std::make_shared<ConvertArguments>();
  CLI::App* verb = app.add_subcommand(
      "convert",
      "Write graphs as ONNX that TensorRT takes, or as plain ONNX.\n\n"
      "For TensorRT the scatter of pillars, plugin or not, becomes standard operators without a "
      "stored canvas, proven on random pillars; constants are folded, BatchNormalization goes into "
      "convolutions, float64 goes. trtexec builds an engine of the result. A precision is said in "
      "the graph: casts for fp16 and bf16, QuantizeLinear and DequantizeLinear for int8.");
  verb->add_option("INPUT", o->input, "One ONNX graph, or a model.yaml: all of its graphs")
      ->type_name(".yaml|.onnx")
      ->required();
  verb->add_option("-o,--output", o->output, "The graph; of a model.yaml the folder of its graphs")
      ->type_name(".onnx|DIR")
      ->required();
  verb->add_option("--for", o->target, "Who takes the result; onnx: the graph as it was understood")
      ->type_name("tensorrt|onnx")
      ->capture_default_str();
  verb->add_option("--grid", o->grid,
                   "Of the BEV image in cells where the graph doesn't say it (ScatterBEV)")
      ->type_name("WIDTHxHEIGHT");
  add_precision_options(*verb, o->precision);
  verb->footer(
      "colonnade convert mfn.onnx -o clean/mfn.onnx\n"
      "colonnade convert pointpillar_2021.onnx -o clean.onnx --grid 432x496\n"
      "colonnade convert model/model.yaml -o clean\n"
      "colonnade convert model/model.yaml -o int8 --precision int8 --calibrate sweeps/");
  return [o] { return convert(*o); };
}

}  // namespace colonnade
