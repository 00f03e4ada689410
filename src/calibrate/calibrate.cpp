#include "calibrate/calibrate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/cpus.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/npy.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "colonnade/io.hpp"

namespace colonnade {
namespace {

constexpr std::int64_t kPatch = 8;  // As far as networks bring maps up.

/// The tensors that a program's convolutions read, and what they were seen to be.
class Observations {
 public:
  /// `program`: compiled of `graph`, as it stands.
  Observations(const Graph& graph, const Program& program) : graph_(graph) {
    std::map<std::string, std::vector<ValueId>> named;
    for (ValueId id = 0; id < graph.values.size(); ++id) {
      if (!graph.values[id].constant) named[graph.values[id].name].push_back(id);
    }
    answers_ = graph.outputs.size();
    for (const LayerPrecision& layer : program.layers()) {
      const auto found = named.find(layer.input);
      // A value that a pass made, or one name of several: such layers stay above INT8.
      if (layer.input.empty() || found == named.end() || found->second.size() != 1) continue;
      if (maps_.try_emplace(layer.input).second) show(found->second.front());
    }
  }

  /// The graph with those tensors behind its own outputs.
  const Graph& graph() const { return graph_; }
  std::size_t answers() const { return answers_; }  ///< The graph's own outputs.

  /// `cells` of `channels`, channels last.
  void see_input(const float* data, std::int64_t cells, std::int64_t channels) {
    const auto found = maps_.find(graph_.values[graph_.inputs[0]].name);
    if (found == maps_.end()) return;
    std::vector<float> channel(static_cast<std::size_t>(cells));
    for (std::int64_t c = 0; c < channels; ++c) {
      for (std::int64_t i = 0; i < cells; ++i) {
        channel[static_cast<std::size_t>(i)] = data[i * channels + c];
      }
      add(found->second, c, channel);
    }
  }
  void see_input(const ConstTensorView& view) {
    const auto found = maps_.find(graph_.values[graph_.inputs[0]].name);
    if (found != maps_.end()) see(view, found->second);
  }
  void see_outputs(std::span<const ConstTensorView> outputs) {
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      see(outputs[answers_ + i], *shown_[i]);
    }
  }

  /// Of an empty sweep.
  void see_background(std::span<const ConstTensorView> outputs) {
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      shown_[i]->background = cells_of_middle(outputs[answers_ + i]);
    }
  }

  std::vector<TensorRange> ranges(CalibrationMethod method) const {
    std::vector<TensorRange> ranges;
    for (const auto& [name, map] : maps_) {
      TensorRange& range = ranges.emplace_back();
      range.tensor = name;
      range.background = map.background;
      for (const Histogram& channel : map.channels) {
        range.low = std::min(range.low, channel.low());
        range.highs.push_back(channel.highest(method));
      }
    }
    return ranges;
  }

 private:
  struct Map {
    std::vector<Histogram> channels;
    std::vector<float> background;  ///< As TensorRange's.
  };

  static void add(Map& map, std::int64_t c, std::span<const float> values) {
    if (static_cast<std::size_t>(c) >= map.channels.size()) {
      map.channels.resize(static_cast<std::size_t>(c) + 1);
    }
    map.channels[static_cast<std::size_t>(c)].add(values);
  }
  /// [N, C, ...]
  static void see(const ConstTensorView& view, Map& map) {
    if (view.dtype != DType::f32 || view.shape.rank() < 3) return;
    const std::int64_t plane = view.shape.elements(2, view.shape.rank());
    const auto* data = static_cast<const float*>(view.data);
    for (std::int64_t i = 0; i < view.shape[0] * view.shape[1]; ++i, data += plane) {
      add(map, i % view.shape[1], {data, static_cast<std::size_t>(plane)});
    }
  }
  /// Those that differ of the kPatch x kPatch cells in the middle of a [1, C, H, W].
  static std::vector<float> cells_of_middle(const ConstTensorView& view) {
    if (view.dtype != DType::f32 || view.shape.rank() != 4 || view.shape[0] != 1) return {};
    const std::int64_t channels = view.shape[1], height = view.shape[2], width = view.shape[3];
    const std::int64_t rows = std::min(kPatch, height), columns = std::min(kPatch, width);
    const auto* first =
        static_cast<const float*>(view.data) + (height - rows) / 2 * width + (width - columns) / 2;
    std::set<std::vector<float>> cells;
    for (std::int64_t y = 0; y < rows; ++y) {
      for (std::int64_t x = 0; x < columns; ++x) {
        std::vector<float> cell;
        for (std::int64_t c = 0; c < channels; ++c) {
          cell.push_back(first[(c * height + y) * width + x]);
        }
        cells.insert(std::move(cell));
      }
    }
    std::vector<float> result;
    for (const std::vector<float>& cell : cells) {
      result.insert(result.end(), cell.begin(), cell.end());
    }
    return result;
  }

  void show(ValueId id) {
    if (std::find(graph_.inputs.begin(), graph_.inputs.end(), id) != graph_.inputs.end()) return;
    shown_.push_back(&maps_.at(graph_.values[id].name));
    graph_.outputs.push_back(id);
  }

  Graph graph_;
  std::size_t answers_ = 0;
  std::map<std::string, Map> maps_;  ///< By tensor.
  std::vector<Map*> shown_;          ///< Of the outputs behind the graph's own.
};

/// An RPN's session that notes what it sees on the way.
class ObservedSession final : public Session {
 public:
  ObservedSession(std::unique_ptr<Session> session, Observations& seen)
      : session_(std::move(session)), seen_(seen) {}

  void run(std::span<const ConstTensorView> inputs) override {
    seen_.see_input(inputs[0]);
    session_->run(inputs);
    seen_.see_outputs(session_->outputs());
  }
  void run(const BevImage& image) override {
    seen_.see_input(image.features, image.count, image.channels);
    session_->run(image);
    seen_.see_outputs(session_->outputs());
  }
  std::span<const ConstTensorView> outputs() const override {
    return session_->outputs().first(seen_.answers());
  }

 private:
  std::unique_ptr<Session> session_;
  Observations& seen_;
};

class ObservedProgram final : public Program {
 public:
  ObservedProgram(std::shared_ptr<const Program> program, Observations& seen)
      : program_(std::move(program)), seen_(seen) {}
  std::unique_ptr<Session> create_session(Executor& threads) const override {
    return std::make_unique<ObservedSession>(program_->create_session(threads), seen_);
  }

 private:
  std::shared_ptr<const Program> program_;
  Observations& seen_;
};

/// Exact, and each sum on its own: Winograd's roundings are no part of a map.
CompileOptions exact(CompileOptions options) {
  options.precision = Precision::fp32;
  options.winograd = false;
  options.layers.clear();
  options.ranges.clear();
  options.warm.clear();
  return options;
}

void enter(const CalibrationRequest& request, const std::string& file) {
  if (request.on_file) request.on_file(file);
}

}  // namespace

std::vector<std::string> hashes_of(std::span<const std::string> files) {
  std::vector<std::string> hashes;
  for (const std::string& file : files) {
    hashes.push_back(hash_text(WholeFile::read(file)->bytes()));
  }
  return hashes;
}

EngineCalibration calibrate_model(const ModelSpec& spec, const std::vector<Graph>& pieces,
                                  const ModelTarget& target, const CalibrationRequest& request) {
  ModelTarget plain = target;
  plain.compile = exact(target.compile);
  std::unique_ptr<Engine::Body> body = compile_model(spec, pieces, plain);
  const Graph& rpn = body->plan.rpn.graph;
  Observations seen(rpn, *body->rpn);
  const std::vector<Shape> image{*rpn.values[rpn.inputs[0]].shape};
  const auto shown = find_backend(target.backend).compile(seen.graph(), image, plain.compile);
  {
    ThreadPool threads(usable_cpus());
    const std::unique_ptr<Session> session = shown->create_session(threads);
    session->run(BevImage{nullptr, nullptr, 0, image[0][1], image[0][2], image[0][3]});
    seen.see_background(session->outputs());
  }
  body->rpn = std::make_shared<ObservedProgram>(shown, seen);
  Detector detector(std::make_shared<const Engine>(std::move(body)));
  Detections detections;
  for (const std::string& file : request.files) {
    enter(request, file);
    try {
      detector.detect(read_cloud(file).view(), detections);
    } catch (const Error& error) {
      if (error.where() == file) throw;
      throw Error(error.code(), file, error.what());
    }
  }
  return {{}, {}, hashes_of(request.files), seen.ranges(request.method)};
}

EngineCalibration calibrate_graph(const Graph& graph, const ModelTarget& target,
                                  const CalibrationRequest& request) {
  if (graph.inputs.size() != 1) {
    throw Error(ErrorCode::unsupported,
                fmt::format("the graph has {} inputs; calibration takes a model on clouds, or a "
                            "graph of one input, an RPN's image, on .npy of it",
                            graph.inputs.size()));
  }
  const Backend& backend = find_backend(target.backend);
  const CompileOptions options = exact(target.compile);
  ThreadPool threads(usable_cpus());
  std::unique_ptr<Observations> seen;
  std::unique_ptr<ObservedSession> session;
  for (const std::string& file : request.files) {
    enter(request, file);
    try {
      const Tensor input = read_npy(file);
      const ConstTensorView view = input.view();
      if (!session) {
        const std::vector<Shape> shapes{input.shape()};
        seen = std::make_unique<Observations>(graph, *backend.compile(graph, shapes, options));
        const auto shown = backend.compile(seen->graph(), shapes, options);
        const std::unique_ptr<Session> empty = shown->create_session(threads);
        const Tensor zeros(DType::f32, input.shape());
        const ConstTensorView nothing = zeros.view();
        empty->run({&nothing, 1});
        seen->see_background(empty->outputs());
        session = std::make_unique<ObservedSession>(shown->create_session(threads), *seen);
      }
      session->run({&view, 1});
    } catch (const Error& error) {
      if (error.where() == file) throw;
      throw Error(error.code(), file, error.what());
    }
  }
  return {{}, {}, hashes_of(request.files), seen->ranges(request.method)};
}

}  // namespace colonnade
