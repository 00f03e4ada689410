// colonnade compare: whether two things answer the same, and where they first don't.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>

#include "backends/backend.hpp"
#include "base/npz.hpp"
#include "base/precision.hpp"
#include "build/graph_source.hpp"
#include "cloud_files.hpp"
#include "colonnade/error.hpp"
#include "engine_file/contents.hpp"
#include "measure/subject.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"
#include "verify/comparison.hpp"
#include "verify/side.hpp"
#include "verify/trace.hpp"
#include "words.hpp"

namespace colonnade {
namespace {

struct CompareOptions {
  std::string a, b, model, format = "auto", tensorrt_folder;
  std::vector<std::string> clouds, loads, shapes;
  std::string backend = "auto", isa = "auto", precision = "auto";
  Tolerance tolerance;
  double corners = .01;
  bool layers = false, emulate = false, json = false;
};

/// What a word names: a file on the backend of --backend, --isa and --precision, or the other
/// word's file on BACKEND[:ISA][:PRECISION].
struct Operand {
  std::string file;
  SideOptions options;
};

bool is_backend(const std::string& word) {
  const auto is_called = [&](const std::string& name) {
    return word == name || word.rfind(name + ":", 0) == 0;
  };
  return is_called(kTensorRtBackend) ||
         std::any_of(backends().begin(), backends().end(),
                     [&](const Backend* backend) { return is_called(backend->name()); });
}

bool is_precision(const std::string& word) {
  constexpr Precision all[] = {Precision::fp32, Precision::tf32, Precision::bf16, Precision::fp16,
                               Precision::int8};
  return std::any_of(std::begin(all), std::end(all),
                     [&](Precision p) { return word == precision_name(p); });
}

/// The parts after BACKEND, in any order.
void take_parts(const std::string& word, SideOptions& options) {
  std::size_t colon = word.find(':');
  options.backend = word.substr(0, colon);
  while (colon != std::string::npos) {
    const std::size_t next = word.find(':', colon + 1);
    const std::string part = word.substr(colon + 1, next - colon - 1);
    (is_precision(part) ? options.precision : options.isa) = part;
    colon = next;
  }
}

Operand operand(const std::string& word, const std::string& other, const CompareOptions& o) {
  Operand result{
      word,
      {o.backend, o.isa, o.precision, o.emulate, o.layers, tensorrt_places(o.tensorrt_folder)}};
  if (is_backend(word)) {
    result.file = other;
    result.options.isa = result.options.precision = "auto";
    take_parts(word, result.options);
  }
  refuse_folder(result.file);
  if (is_plan_file(result.file)) result.options.backend = kTensorRtBackend;
  return result;
}

/// The operand's inputs; a plan tells them only by its library.
Graph signature_of(const Operand& operand) {
  return open_graph(operand.file, {is_plan_file(operand.file) ? kTensorRtBackend : "auto"},
                    operand.options.tensorrt)
      .graph;
}

/// What both sides are asked; owns what the questions show.
struct Questions {
  std::vector<Cloud> clouds;
  std::vector<Feed> feeds;
  std::vector<Question> list;
  std::string note;
};

Questions questions_of_clouds(const CompareOptions& o, const Operand& a, const Operand& b) {
  Questions result;
  const std::vector<std::string> files = list_clouds(o.clouds);
  const CloudFormat format = cloud_format(o.format);
  const Operand& graph = is_model_file(a.file) ? b : a;
  if (!is_model_file(graph.file)) {
    const std::string model = !o.model.empty()        ? o.model
                              : is_model_file(a.file) ? a.file
                              : is_model_file(b.file) ? b.file
                                                      : "";
    if (model.empty()) {
      throw Error(ErrorCode::invalid_argument, files.front(),
                  "a graph takes no cloud; add --model MODEL.yaml, which makes its inputs of it");
    }
    result.feeds = feeds_of_clouds(model, signature_of(graph), graph.file, files, format);
  }
  for (const std::string& file : files) result.clouds.push_back(read_cloud(file, format));
  for (std::size_t i = 0; i < files.size(); ++i) {
    result.list.push_back(
        {files[i], &result.clouds[i], result.feeds.empty() ? nullptr : &result.feeds[i]});
  }
  return result;
}

Questions questions_of(const CompareOptions& o, const Operand& a, const Operand& b) {
  if (!o.clouds.empty()) {
    if (!o.loads.empty() || !o.shapes.empty()) {
      throw Error(ErrorCode::invalid_argument,
                  "expected either clouds or --loadInputs and --shapes, found both");
    }
    return questions_of_clouds(o, a, b);
  }
  for (const Operand* side : {&a, &b}) {
    if (!is_model_file(side->file)) continue;
    throw Error(ErrorCode::invalid_argument, side->file, "a model is asked about clouds: add some");
  }
  Questions result;
  std::vector<std::string> noise;
  const FeedWords words{split_words(o.loads), split_words(o.shapes)};
  result.feeds.push_back(feed_of_words(signature_of(a), words, noise));
  std::string names;
  for (const std::string& name : noise) names += (names.empty() ? "'" : ", '") + name + "'";
  result.list.push_back(
      {noise.empty() ? "tensors" : "noise in " + names, nullptr, &result.feeds[0]});
  return result;
}

std::string verdict(const std::vector<AnswerComparison>& comparisons, bool layers) {
  for (const AnswerComparison& c : comparisons) {
    if (c.fits()) continue;
    const ComparedTensor* first = c.first_outside();
    if (first == nullptr) return fmt::format("{}: the boxes differ", c.question);
    return fmt::format("{}: the first {} outside of the tolerance is '{}'", c.question,
                       layers ? "layer" : "tensor", first->name);
  }
  return "the same, within the tolerance";
}

bool is_trace(const std::string& word) {
  return std::filesystem::path(word).extension() == ".npz";
}

/// A model against one frame of the framework that trained it.
int compare_with_trace(const CompareOptions& o) {
  if (!is_model_file(o.a) || !o.clouds.empty() || o.layers || o.json || o.emulate) {
    throw Error(ErrorCode::invalid_argument, o.b,
                "a trace is compared with a model.yaml as A, stage by stage; it holds the points, "
                "so there's no CLOUD, and neither --layers, --emulate nor --json");
  }
  EngineOptions engine;
  engine.backend = o.backend;
  engine.isa = o.isa;
  engine.precision = o.precision;
  engine.direct = true;
  engine.tensorrt = tensorrt_places(o.tensorrt_folder);
  const Trace trace = read_npz(o.b);
  const std::vector<TraceStage> stages =
      compare_trace(o.a, trace, engine, {o.tolerance, o.corners});
  fmt::print("{} against the trace {}; |a - b| <= {:g} + {:g} |b|\n\n{}", o.a, o.b,
             o.tolerance.atol, o.tolerance.rtol, to_text(stages));
  const bool fits =
      std::all_of(stages.begin(), stages.end(), [](const TraceStage& stage) { return stage.fits; });
  return fits ? kFine : kSomeFailed;
}

int compare(const CompareOptions& o) {
  if (is_trace(o.b)) return compare_with_trace(o);
  if (is_backend(o.a) && is_backend(o.b)) {
    throw Error(ErrorCode::invalid_argument, o.a + " " + o.b,
                "two backends, but of what? Give the file as A, and A's backend as --backend and "
                "--isa");
  }
  const Operand a = operand(o.a, o.b, o), b = operand(o.b, o.a, o);
  const auto rounds = [](const SideOptions& side) {
    return side.precision != "auto" && parse_precision(side.precision) != Precision::fp32;
  };
  if (o.emulate && !rounds(a.options) && !rounds(b.options)) {
    throw Error(ErrorCode::invalid_argument, "--emulate",
                "expected a side of another precision than fp32, such as B = cpu:fp16");
  }
  const Questions questions = questions_of(o, a, b);
  const std::unique_ptr<Side> side_a = open_side(a.file, a.options);
  const std::unique_ptr<Side> side_b = open_side(b.file, b.options);
  const ComparisonHead head{side_a->title(), side_b->title(),
                            "direct convolutions, in the order of sums that run has", o.tolerance,
                            o.corners};
  std::vector<AnswerComparison> comparisons;
  for (const Question& question : questions.list) {
    comparisons.push_back(compare_answers(question.name, side_a->answer(question),
                                          side_b->answer(question), o.tolerance, o.corners));
  }
  const bool fits = std::all_of(comparisons.begin(), comparisons.end(),
                                [](const AnswerComparison& c) { return c.fits(); });
  if (o.json) {
    fmt::print("{}", to_json(head, comparisons));
  } else {
    fmt::print("A: {}\nB: {}\n{}; |a - b| <= {:g} + {:g} |b|\n", head.a, head.b, head.note,
               o.tolerance.atol, o.tolerance.rtol);
    for (const AnswerComparison& c : comparisons) fmt::print("{}", to_text(c, o.corners));
    fmt::print("\n{}\n", verdict(comparisons, o.layers));
  }
  return fits ? kFine : kSomeFailed;
}

}  // namespace

Verb add_compare(CLI::App& app) {
  const auto o = std::make_shared<CompareOptions>();
  CLI::App* verb = app.add_subcommand(
      "compare",
      "Hold two answers against each other.\n\n"
      "A and B are ONNX graphs, models, engines, or one of them is a backend, with :ISA and "
      ":PRECISION where wanted, that runs the other's file: reference is the oracle. Both sides "
      "use "
      "the direct convolutions that run uses, not Winograd's. With --emulate a side's tf32, bf16 "
      "or "
      "fp16 is what every machine that has it multiplies: factors rounded, sums wide. A trace, "
      "which "
      "tools/trace_openpcdet.py or trace_mmdet3d.py write, tells where a model first leaves the "
      "framework that trained it. TensorRT's engines and plans are sides like others, on a GPU "
      "that "
      "it takes. The exit status is 1 where anything is outside of the tolerance.");
  verb->add_option("A", o->a, "model.yaml, an .onnx file, an engine of either, TensorRT's plan")
      ->type_name(".yaml|.onnx|.engine|.plan")
      ->required();
  verb->add_option("B", o->b, "The same, the backend to run A on, or a trace")
      ->type_name(".yaml|.onnx|.engine|.plan|.npz|reference|cpu")
      ->required();
  verb->add_option("CLOUD", o->clouds, "Sweeps that a model is asked about; folders too")
      ->type_name(".bin|.pcd|.ply|.npy|DIR");
  add_cloud_format(*verb, o->format);
  verb->add_option("--model", o->model, "What makes graphs' inputs out of CLOUD")
      ->type_name("MODEL.yaml");
  verb->add_option("--loadInputs", o->loads,
                   "Graphs' tensors from files, .npy or bare elements; other inputs are noise")
      ->type_name("NAME:FILE");
  verb->add_option("--shapes", o->shapes, "Dynamic dimensions")->type_name("NAME:1x64x496x432");
  verb->add_flag("--layers", o->layers, "Every layer, to find the first that differs");
  const auto number = [&](const char* name, double& value, const char* what) {
    verb->add_option(name, value, what)
        ->type_name("X")
        ->capture_default_str()
        ->check(CLI::Range(0., 1e30));
  };
  number("--atol", o->tolerance.atol, "Absolute tolerance");
  number("--rtol", o->tolerance.rtol, "Relative tolerance: times |b|, added to the absolute one");
  number("--corners", o->corners, "Metres that the corners of one box may be apart");
  add_backend(*verb, o->backend, kTensorRtBackend);
  add_isa(*verb, o->isa);
  add_precision(*verb, o->precision);
  add_tensorrt_folder(*verb, o->tensorrt_folder);
  verb->add_flag("--emulate", o->emulate,
                 "Round to a side's precision instead of what this machine makes of it");
  verb->add_flag("--json", o->json, "Print JSON");
  verb->footer(
      "colonnade compare model/model.yaml reference sweep.bin --layers\n"
      "colonnade compare rpn.onnx cpu:portable --isa avx2\n"
      "colonnade compare model/model.yaml cpu:fp16 sweep.bin --emulate\n"
      "colonnade compare model/model.yaml model.engine sweep.bin\n"
      "colonnade compare rpn.onnx rpn.plan --tensorrt /opt/tensorrt\n"
      "colonnade compare model/model.yaml trace.npz\n"
      "colonnade compare rpn.onnx rpn_simplified.onnx --atol 1e-5 --rtol 1e-5");
  return [o] { return compare(*o); };
}

}  // namespace colonnade
