#include "verify/side.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "backends/backend.hpp"
#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "build/graph_source.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/contents.hpp"
#include "measure/front_end.hpp"
#include "measure/subject.hpp"
#include "passes/round_products.hpp"
#include "verify/layers.hpp"

namespace colonnade {
namespace {

/// "rpn.onnx, cpu (avx2, bf16)"; fp32 goes without saying.
std::string title_of(const std::string& file, const std::string& backend, const std::string& isa,
                     const std::string& precision) {
  const std::string note = precision == "fp32" ? "" : ", " + precision;
  return fmt::format("{}, {} ({}{})", file, backend, isa, note);
}

/// What is rounded to instead of computed with; fp32: nothing is.
Precision emulated(const SideOptions& options) {
  return options.emulate && options.precision != "auto" ? parse_precision(options.precision)
                                                        : Precision::fp32;
}

std::string emulated_text(Precision precision) {
  return fmt::format("{} emulated", precision_name(precision));
}

/// A plan's graph isn't known to more than its inputs and outputs.
void refuse_of_a_plan(const std::string& file, bool layers, Precision rounded) {
  if (!layers && rounded == Precision::fp32) return;
  throw Error(ErrorCode::unsupported, file,
              fmt::format("is a plan of TensorRT, which computes as it was built; expected none of "
                          "{} for it",
                          layers ? "--layers" : "--emulate"));
}

Tensor copy_of(const ConstTensorView& view) {
  Tensor tensor(view.dtype, view.shape);
  const auto* from = static_cast<const std::byte*>(view.data);
  std::copy_n(from, tensor.bytes(), static_cast<std::byte*>(tensor.data()));
  return tensor;
}

void append_outputs(const Graph& graph, const Session& session, Answer& answer) {
  for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
    const std::string& name = graph.values[graph.outputs[k]].name;
    answer.tensors.push_back(
        {name.empty() ? fmt::format("output {}", k) : name, copy_of(session.outputs()[k])});
  }
}

class GraphSide final : public Side {
 public:
  GraphSide(const std::string& file, const SideOptions& options)
      : GraphSide(file, options, emulated(options)) {}

  std::string title() const override { return title_; }
  bool takes_clouds() const override { return false; }

  Answer answer(const Question& question) override {
    const std::vector<Shape> shapes = question.feed->shapes();
    const std::size_t profile = choose_profile(source_.profiles, shapes);
    CompileOptions compile = source_.options;
    compile.dense = !question.feed->image;  // One run on tensors is soonest done on all of them.
    const auto session = source_.compile(shapes, compile)->create_session(threads_);
    session->use_profile(profile);
    if (question.feed->image) {
      session->run(question.feed->image->view());
    } else {
      std::vector<ConstTensorView> views;
      for (const Tensor& tensor : question.feed->tensors) views.push_back(tensor.view());
      session->run(views);
    }
    Answer answer;
    append_outputs(source_.graph, *session, answer);
    return answer;
  }

 private:
  GraphSide(const std::string& file, const SideOptions& options, Precision rounded)
      : source_(open_graph(file,
                           {options.backend, options.isa,
                            rounded == Precision::fp32 ? options.precision : "auto", true},
                           options.tensorrt)),
        threads_(usable_cpus()) {
    if (source_.plan) refuse_of_a_plan(file, options.layers, rounded);
    if (rounded != Precision::fp32) {
      const Isa isa = source_.options.isa;
      source_.options = {};
      source_.options.isa = isa;
    }
    source_.graph = round_products(source_.graph, rounded);
    if (options.layers) source_.graph = with_layers_as_outputs(source_.graph);
    title_ =
        title_of(file, source_.backend, source_.isa_name(),
                 rounded == Precision::fp32 ? source_.precision().text() : emulated_text(rounded));
  }

  std::string title_;
  GraphSource source_;
  ThreadPool threads_;
};

class ModelSide final : public Side {
 public:
  ModelSide(const std::string& file, const SideOptions& options)
      : front_end_(open(file, options)),
        detector_(front_end_.shared_engine()),
        threads_(usable_cpus()),
        rpn_(front_end_.engine().body().plan.rpn.graph) {
    const Engine& engine = front_end_.engine();
    const Precision rounded = emulated(options);
    title_ = title_of(file, engine.backend(), engine.isa(),
                      rounded == Precision::fp32 ? engine.precision() : emulated_text(rounded));
    std::shared_ptr<const Program> program = engine.body().rpn;
    if (options.layers) {
      if (engine.backend() == kTensorRtBackend) refuse_of_a_plan(file, true, rounded);
      rpn_ = with_layers_as_outputs(rpn_);
      const std::vector<Shape> image{*rpn_.values[rpn_.inputs[0]].shape};
      program = find_backend(engine.backend()).compile(rpn_, image, engine.body().rpn_options);
    }
    session_ = program->create_session(threads_);
  }

  std::string title() const override { return title_; }
  bool takes_clouds() const override { return true; }

  Answer answer(const Question& question) override {
    const FrontEnd::Frame frame = front_end_.run(question.cloud->view());
    Answer answer;
    const PillarFeatures& features = frame.features;
    answer.tensors.push_back(
        {"pillar features",
         Tensor::of<float>(
             {features.count, features.channels},
             {features.data, static_cast<std::size_t>(features.count * features.channels)})});
    session_->run(frame.image);
    append_outputs(rpn_, *session_, answer);
    Detections detections;
    detector_.detect(question.cloud->view(), detections);
    answer.boxes = detections.boxes;
    return answer;
  }

 private:
  static std::shared_ptr<const Engine> open(const std::string& file, const SideOptions& options) {
    EngineOptions engine;
    engine.backend = options.backend;
    engine.isa = options.isa;
    engine.direct = true;
    engine.tensorrt = options.tensorrt;
    const Precision rounded = emulated(options);
    if (rounded != Precision::fp32) return open_emulated(file, engine, rounded);
    engine.precision = options.precision;
    return open_anew(file, engine);
  }

  std::string title_;
  FrontEnd front_end_;
  Detector detector_;
  ThreadPool threads_;
  Graph rpn_;
  std::unique_ptr<Session> session_;
};

}  // namespace

std::unique_ptr<Side> open_side(const std::string& file, const SideOptions& options) {
  if (is_model_file(file)) return std::make_unique<ModelSide>(file, options);
  return std::make_unique<GraphSide>(file, options);
}

}  // namespace colonnade
