#include "verify/side.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "backends/backend.hpp"
#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/detector.hpp"
#include "detector/engine_body.hpp"
#include "measure/front_end.hpp"
#include "measure/subject.hpp"
#include "onnx/reader.hpp"
#include "verify/layers.hpp"

namespace colonnade {
namespace {

std::string title_of(const std::string& file, const SideOptions& options) {
  const Backend& backend = find_backend(options.backend);
  return fmt::format("{}, {} ({})", file, backend.name(), backend.isa_name(parse_isa(options.isa)));
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

CompileOptions compile_options(const SideOptions& options) {
  CompileOptions compile;
  compile.isa = parse_isa(options.isa);
  return compile;
}

class GraphSide final : public Side {
 public:
  GraphSide(const std::string& file, const SideOptions& options)
      : title_(title_of(file, options)),
        graph_(read_onnx(file)),
        backend_(find_backend(options.backend)),
        options_(options),
        threads_(usable_cpus()) {
    if (options.layers) graph_ = with_layers_as_outputs(graph_);
  }

  std::string title() const override { return title_; }
  bool takes_clouds() const override { return false; }

  Answer answer(const Question& question) override {
    const auto session =
        backend_.compile(graph_, question.feed->shapes(), compile_options(options_))
            ->create_session(threads_);
    if (question.feed->image) {
      session->run(question.feed->image->view());
    } else {
      std::vector<ConstTensorView> views;
      for (const Tensor& tensor : question.feed->tensors) views.push_back(tensor.view());
      session->run(views);
    }
    Answer answer;
    append_outputs(graph_, *session, answer);
    return answer;
  }

 private:
  std::string title_;
  Graph graph_;
  const Backend& backend_;
  SideOptions options_;
  ThreadPool threads_;
};

class ModelSide final : public Side {
 public:
  ModelSide(const std::string& file, const SideOptions& options)
      : title_(title_of(file, options)),
        front_end_(file, engine_options(options)),
        detector_(front_end_.shared_engine()),
        threads_(usable_cpus()),
        rpn_(front_end_.engine().body().plan.rpn.graph) {
    std::shared_ptr<const Program> program = front_end_.engine().body().rpn;
    if (options.layers) {
      rpn_ = with_layers_as_outputs(rpn_);
      const std::vector<Shape> image{*rpn_.values[rpn_.inputs[0]].shape};
      program = find_backend(options.backend).compile(rpn_, image, compile_options(options));
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
  static EngineOptions engine_options(const SideOptions& options) {
    EngineOptions result;
    result.backend = options.backend;
    result.isa = options.isa;
    result.direct = true;
    return result;
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
