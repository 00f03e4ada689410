// colonnade inspect: what a graph is, before anything runs it.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "backends/cpu/backend.hpp"
#include "base/isa.hpp"
#include "build/graph_source.hpp"
#include "calibrate/calibration_file.hpp"
#include "colonnade/error.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "graph/input_arguments.hpp"
#include "onnx/reader.hpp"
#include "plan/describe.hpp"
#include "sizes.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"
#include "verify/gate.hpp"

namespace colonnade {
namespace {

struct InspectOptions {
  std::string file, backend = "auto", tensorrt_folder;
  std::vector<std::string> shapes;
  bool graph = false;
  bool json = false;
};

/// --shape NAME=1x64x496x432 for the inputs that are named; the others as declared.
std::vector<Shape> bound_shapes(const Graph& graph, const std::vector<std::string>& arguments) {
  std::vector<Shape> shapes;
  if (arguments.empty()) return shapes;
  for (const ValueId id : graph.inputs) shapes.push_back(graph.values[id].shape.value_or(Shape{}));
  for (const std::string& argument : arguments) {
    const auto [input, dims] = input_argument(graph, "--shape", '=', argument, "NAME=1x64x496x432");
    shapes[input] = parse_shape("--shape " + argument, dims);
  }
  return shapes;
}

/// "avx2 (of avx2, sse4, portable)"
std::string cpu_text() {
  std::vector<std::string_view> names;
  for (const Isa isa : usable_isas()) names.push_back(isa_name(isa));
  return fmt::format("{} (of {})", cpu_backend().isa_name(usable_isas().front(), Precision::fp32),
                     fmt::join(names, ", "));
}

nlohmann::ordered_json tensors_json(const std::vector<TensorDescription>& tensors) {
  auto list = nlohmann::ordered_json::array();
  for (const TensorDescription& t : tensors) {
    list.push_back({{"name", t.name}, {"type", std::string(name_of(t.dtype))}, {"shape", t.shape}});
  }
  return list;
}

nlohmann::ordered_json gate_json(const EngineGate& gate) {
  const auto share = [](const GateShare& s) {
    return nlohmann::ordered_json{
        {"count", s.count}, {"of", s.of}, {"low", s.low}, {"high", s.high}, {"limit", s.limit}};
  };
  nlohmann::ordered_json out{{"verdict", gate.verdict},  {"reason", gate.reason},
                             {"model", gate.model},      {"clouds", gate.clouds},
                             {"labels", gate.labels},    {"frames", gate.frames},
                             {"lost", share(gate.lost)}, {"invented", share(gate.invented)}};
  out["average_precision"] = nlohmann::ordered_json::array();
  for (const GatePrecision& row : gate.precision) {
    out["average_precision"].push_back({{"class", row.class_name},
                                        {"labels", row.labels},
                                        {"fp32", row.exact},
                                        {"effective", row.effective},
                                        {"low", row.low},
                                        {"high", row.high},
                                        {"limit", row.limit}});
  }
  out["raised"] = nlohmann::ordered_json::array();
  for (const GateRaised& layer : gate.raised) {
    out["raised"].push_back(
        {{"layer", layer.layer}, {"precision", layer.precision}, {"distance", layer.distance}});
  }
  out["raised_time"] = gate.raised_time;
  return out;
}

nlohmann::ordered_json profiles_json(const std::vector<OptimizationProfile>& profiles) {
  auto list = nlohmann::ordered_json::array();
  for (const OptimizationProfile& profile : profiles) {
    nlohmann::ordered_json one;
    if (profile.context_bytes > 0) one["context_bytes"] = profile.context_bytes;
    one["inputs"] = nlohmann::ordered_json::array();
    for (const InputProfile& input : profile.inputs) {
      one["inputs"].push_back({{"name", input.name},
                               {"min", input.min.to_string()},
                               {"opt", input.opt.to_string()},
                               {"max", input.max.to_string()}});
    }
    list.push_back(std::move(one));
  }
  return list;
}

void print_profiles(const std::vector<OptimizationProfile>& profiles) {
  for (std::size_t number = 0; number < profiles.size(); ++number) {
    const OptimizationProfile& profile = profiles[number];
    fmt::print("profile {} (min, opt, max){}\n", number,
               profile.context_bytes > 0
                   ? fmt::format(", a context takes {}", size_text(profile.context_bytes))
                   : std::string());
    for (const InputProfile& input : profile.inputs) {
      fmt::print("  {:<32} {} {} {}\n", input.name, input.min.to_string(), input.opt.to_string(),
                 input.max.to_string());
    }
  }
}

/// An engine's own part: what it was built from, for what, for which shapes.
nlohmann::ordered_json engine_json(const EngineContents& engine, std::uint64_t bytes) {
  nlohmann::ordered_json out;
  out["format"] = kEngineFormat;
  out["bytes"] = bytes;
  out["source"] = engine.origin.source;
  out["tool"] = engine.origin.tool;
  out["key"] = engine.origin.key;
  if (!engine.plan.empty()) out["plan_bytes"] = engine.plan.size();
  out["architecture"] = engine.target.architecture;
  out["backend"] = engine.target.backend;
  out["isa"] = engine.target.isa;
  out["precision"] = {{"requested", engine.precision.requested},
                      {"effective", engine.precision.effective}};
  out["layers"] = nlohmann::ordered_json::array();
  for (const EnginePrecision::Layer& layer : engine.precision.layers) {
    out["layers"].push_back({{"name", layer.name}, {"precision", layer.precision}});
  }
  out["calibration"] = engine.calibration ? calibration_json(*engine.calibration) : nullptr;
  out["gate"] = engine.gate ? gate_json(*engine.gate) : nullptr;
  out["model"] = engine.model ? nlohmann::ordered_json(engine.model->name) : nullptr;
  out["profiles"] = profiles_json(engine.profiles);
  return out;
}

/// "fp32", or what was asked for and what became of it.
std::string precision_text(const EnginePrecision& precision) {
  if (precision.requested == precision.effective) return precision.effective;
  return fmt::format("{} (requested {})", precision.effective, precision.requested);
}

void print_engine(const EngineContents& engine, std::uint64_t bytes) {
  fmt::print("engine\n  {:.2f} MB, format {}, of {} by {}\n", static_cast<double>(bytes) / 1e6,
             kEngineFormat, engine.origin.source, engine.origin.tool);
  fmt::print("  for {}, {} ({}), {}\n", engine.target.architecture, engine.target.backend,
             engine.target.isa, precision_text(engine.precision));
  fmt::print("  key {}\n", engine.origin.key);
  if (!engine.plan.empty()) fmt::print("  plan {} bytes\n", engine.plan.size());
  if (engine.model) {
    fmt::print("  model {}{}\n", engine.model->name,
               engine.model->note.empty() ? std::string() : " [" + engine.model->note + "]");
  }
  if (engine.precision.effective != "fp32") {
    fmt::print("precision of layers\n");
    for (const EnginePrecision::Layer& layer : engine.precision.layers) {
      fmt::print("  {:<4} {}\n", layer.precision, layer.name);
    }
  }
  if (engine.calibration) {
    const std::size_t clouds = engine.calibration->clouds.size();
    fmt::print("calibrated by {} on {} cloud{}, {} tensors of {}\n", engine.calibration->method,
               clouds, clouds == 1 ? "" : "s", engine.calibration->ranges.size(),
               engine.calibration->model);
  }
  if (engine.gate) fmt::print("{}", gate_summary(*engine.gate));
  print_profiles(engine.profiles);
}

nlohmann::ordered_json graph_json(const GraphDescription& d) {
  nlohmann::ordered_json out;
  out["inputs"] = tensors_json(d.inputs);
  out["outputs"] = tensors_json(d.outputs);
  out["ops"] = d.ops;
  out["parameters"] = d.parameters;
  out["constant_bytes"] = d.parameter_bytes;
  out["flops"] = d.flops;
  out["nodes_of_unknown_flops"] = d.unknown_flops;
  out["cpu"] = cpu_backend().isa_name(usable_isas().front(), Precision::fp32);
  out["parts"] = nlohmann::ordered_json::array();
  for (const PartDescription& part : d.parts) {
    out["parts"].push_back({{"name", part.name}, {"found", part.found}, {"detail", part.detail}});
  }
  return out;
}

void print_json(const nlohmann::ordered_json& out) {
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_tensors(const char* title, const std::vector<TensorDescription>& tensors) {
  fmt::print("{}\n", title);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    fmt::print("  {:<2} {:<32} {}{}\n", i, tensors[i].name.empty() ? "(unnamed)" : tensors[i].name,
               name_of(tensors[i].dtype), tensors[i].shape);
  }
}

void print_text(const GraphDescription& d) {
  print_tensors("inputs", d.inputs);
  print_tensors("outputs", d.outputs);
  fmt::print("size\n  {:.3f} M parameters, {:.1f} MB of constants\n",
             static_cast<double>(d.parameters) / 1e6, static_cast<double>(d.parameter_bytes) / 1e6);
  fmt::print(
      "  {:.3f} GFLOP{}\n", static_cast<double>(d.flops) / 1e9,
      d.unknown_flops > 0
          ? fmt::format(" and {} nodes with dynamic shapes (bind them: --shape INPUT=1x64x...)",
                        d.unknown_flops)
          : std::string());
  fmt::print("backend\n  cpu {}\n", cpu_text());
  fmt::print("parts\n");
  for (const PartDescription& part : d.parts) {
    fmt::print("  {} {:<9} {}\n", part.found ? "+" : "-", part.name, part.detail);
  }
  fmt::print("ops\n ");
  for (const auto& [name, count] : d.ops) fmt::print(" {} {}", count, name);
  fmt::print("\n");
}

int inspect_graph(const InspectOptions& options) {
  refuse_false_engine(options.file);
  const Graph graph = read_onnx(options.file);
  if (options.graph) {
    fmt::print("{}", to_text(graph));
    return kFine;
  }
  const GraphDescription description = describe(graph, bound_shapes(graph, options.shapes));
  if (options.json) {
    nlohmann::ordered_json out{{"schema", 2}, {"file", options.file}};
    out.update(graph_json(description));
    print_json(out);
  } else {
    print_text(description);
  }
  return kFine;
}

/// Any engine, also one for another machine.
int inspect_engine(const InspectOptions& options) {
  const EngineContents engine = read_engine(options.file);
  if (options.graph) {
    for (const Graph& graph : engine.graphs) fmt::print("{}", to_text(graph));
    return kFine;
  }
  if (engine.graphs.size() > 1 && !options.shapes.empty()) {
    throw Error(ErrorCode::invalid_argument, "--shape " + options.shapes.front(),
                "the engine of a model has no inputs to bind");
  }
  const std::uint64_t bytes = std::filesystem::file_size(options.file);
  nlohmann::ordered_json out{{"schema", 2}, {"file", options.file}};
  out["engine"] = engine_json(engine, bytes);
  out["graphs"] = nlohmann::ordered_json::array();
  if (!options.json) print_engine(engine, bytes);
  for (const Graph& graph : engine.graphs) {
    const GraphDescription description = describe(graph, bound_shapes(graph, options.shapes));
    out["graphs"].push_back(graph_json(description));
    out["graphs"].back()["name"] = graph.name;
    if (options.json) continue;
    fmt::print("\ngraph {}\n", graph.name);
    print_text(description);
  }
  if (options.json) print_json(out);
  return kFine;
}

std::vector<TensorDescription> described(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<TensorDescription> tensors;
  for (const ValueId id : ids) {
    const Value& value = graph.values[id];
    tensors.push_back({value.name, value.dtype, value.shape ? value.shape->to_string() : "?"});
  }
  return tensors;
}

/// TensorRT's own file: what it takes and gives its library tells, on a device that it's for.
int inspect_plan(const InspectOptions& options) {
  const GraphSource plan =
      open_graph(options.file, {kTensorRtBackend}, tensorrt_places(options.tensorrt_folder));
  const auto inputs = described(plan.graph, plan.graph.inputs),
             outputs = described(plan.graph, plan.graph.outputs);
  if (options.json) {
    print_json({{"schema", 2},
                {"file", options.file},
                {"plan", plan.machine},
                {"inputs", tensors_json(inputs)},
                {"outputs", tensors_json(outputs)},
                {"profiles", profiles_json(plan.profiles)}});
    return kFine;
  }
  fmt::print("plan\n  {:.2f} MB, {}\n",
             static_cast<double>(std::filesystem::file_size(options.file)) / 1e6, plan.machine);
  print_tensors("inputs", inputs);
  print_tensors("outputs", outputs);
  print_profiles(plan.profiles);
  return kFine;
}

int inspect(const InspectOptions& options) {
  if (!is_engine_file(options.file) &&
      (is_plan_file(options.file) || options.backend == kTensorRtBackend))
    return inspect_plan(options);
  return is_engine_file(options.file) ? inspect_engine(options) : inspect_graph(options);
}

}  // namespace

Verb add_inspect(CLI::App& app) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* verb = app.add_subcommand("inspect", "Show what an ONNX graph or an engine holds.");
  verb->add_option("FILE", options->file, "An .onnx file, an engine, or TensorRT's plan")
      ->type_name(".onnx|.engine|.plan")
      ->required();
  verb->add_option("--shape", options->shapes, "Bind an input's dynamic dimensions")
      ->type_name("INPUT=1x64x496x432");
  verb->add_flag("--graph", options->graph, "Print the nodes");
  verb->add_flag("--json", options->json, "Print JSON");
  verb->add_option("--backend", options->backend, "tensorrt: FILE is a plan, by whatever name")
      ->type_name("auto|tensorrt")
      ->capture_default_str();
  add_tensorrt_folder(*verb, options->tensorrt_folder);
  verb->footer(
      "colonnade inspect rpn.onnx\n"
      "colonnade inspect rpn.onnx --shape image=1x64x496x432 --json");
  return [options] { return inspect(*options); };
}

}  // namespace colonnade
