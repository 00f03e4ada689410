#include "measure/subject.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "backends/backend.hpp"
#include "build/graph_source.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "engine_file/contents.hpp"

namespace colonnade {
namespace {

/// "5 clouds", or the one's name.
std::string clouds_text(const std::vector<std::string>& clouds) {
  return clouds.size() == 1 ? std::filesystem::path(clouds[0]).filename().string()
                            : fmt::format("{} clouds", clouds.size());
}

constexpr const char* kWholeMaps = "whole maps";
constexpr const char* kOfASweep = "active cells of a sweep";

std::vector<ConstTensorView> views_of(const Feed& feed) {
  std::vector<ConstTensorView> views;
  for (const Tensor& tensor : feed.tensors) views.push_back(tensor.view());
  return views;
}

class DetectorLane final : public Lane {
 public:
  DetectorLane(const std::shared_ptr<const Engine>& engine, const std::vector<Cloud>& clouds,
               std::shared_ptr<Executor> threads, LayerCallback observer)
      : clouds_(clouds),
        observer_(std::move(observer)),
        detector_(engine, options(std::move(threads), observer_)) {
    tell({{"(prepare)", 0}, {"(pillarize)", 0}, {"(pfn)", 0}});  // Known first, they stand first.
  }

  void run() override {
    detector_.detect(clouds_[next_].view(), detections_);
    next_ = (next_ + 1) % clouds_.size();
    const StageTimes& ms = detections_.times_ms;
    tell({{"(prepare)", ms.prepare},
          {"(pillarize)", ms.pillarize},
          {"(pfn)", ms.pfn},
          {"(decode)", ms.decode},
          {"(nms)", ms.nms}});
  }

 private:
  struct Stage {
    std::string_view name;
    double ms;
  };
  // Of the stages that have no layers to tell of.
  void tell(std::initializer_list<Stage> stages) const {
    if (!observer_) return;
    for (const Stage& stage : stages) observer_({stage.name, "stage", "", stage.ms, 0});
  }
  static DetectorOptions options(std::shared_ptr<Executor> threads, const LayerCallback& observer) {
    DetectorOptions result;
    result.executor = std::move(threads);
    result.on_layer = observer;
    return result;
  }

  const std::vector<Cloud>& clouds_;
  LayerCallback observer_;
  Detector detector_;
  Detections detections_;
  std::size_t next_ = 0;
};

class ModelSubject final : public Subject {
 public:
  ModelSubject(const std::string& file, const SubjectOptions& options) {
    if (options.clouds.empty()) {
      throw Error(ErrorCode::invalid_argument, file,
                  "a model is measured on sweeps, since what it computes hangs on what they hold: "
                  "give --cloud FILE... or a folder");
    }
    if (!options.model.empty() || !options.words.loads.empty() || !options.words.shapes.empty() ||
        options.profile) {
      throw Error(ErrorCode::invalid_argument, file,
                  "--model, --loadInputs, --shapes and --useProfile are for an ONNX graph; a model "
                  "takes --cloud");
    }
    EngineOptions engine;
    engine.backend = options.backend;
    engine.isa = options.isa;
    engine.precision = options.precision;
    engine.dense = options.dense;
    engine.direct = options.direct;
    engine.tensorrt = options.tensorrt;
    engine_ = Engine::open(file, engine);
    if (engine_->backend() == "cpu" && !options.dense) cells_ = kOfASweep;
    for (const std::string& cloud : options.clouds) {
      clouds_.push_back(read_cloud(cloud, options.format));
    }
    title_ = fmt::format("model {} on {}", engine_->model().name, clouds_text(options.clouds));
  }

  std::string title() const override { return title_; }
  std::string backend() const override { return engine_->backend(); }
  std::string isa_name() const override { return engine_->isa(); }
  std::string precision() const override { return engine_->precision(); }
  std::string cells() const override { return cells_; }
  std::vector<std::string> bindings() const override { return {"cloud", "boxes"}; }
  std::unique_ptr<Lane> lane(std::shared_ptr<Executor> threads,
                             LayerCallback observer) const override {
    return std::make_unique<DetectorLane>(engine_, clouds_, std::move(threads),
                                          std::move(observer));
  }

 private:
  std::shared_ptr<const Engine> engine_;
  std::vector<Cloud> clouds_;
  std::string title_;
  std::string cells_ = kWholeMaps;
};

/// For feeds of the same shapes.
struct Planned {
  std::shared_ptr<const Program> program;
  std::size_t profile = 0;
};

class GraphLane final : public Lane {
 public:
  /// `program_of` a feed.
  GraphLane(std::span<const Planned> programs, std::span<const std::size_t> program_of,
            std::span<const Feed> feeds, std::shared_ptr<Executor> threads,
            const LayerCallback& observer)
      : program_of_(program_of), feeds_(feeds), views_(feeds.size()), threads_(std::move(threads)) {
    for (const auto& [program, profile] : programs) {
      sessions_.push_back(program->create_session(*threads_));
      sessions_.back()->use_profile(profile);
      sessions_.back()->observe(observer);
    }
    for (std::size_t f = 0; f < feeds.size(); ++f) {
      views_[f] = views_of(feeds[f]);
    }
  }

  void run() override {
    const Feed& feed = feeds_[next_];
    Session& session = *sessions_[program_of_[next_]];
    if (feed.image) {
      session.run(feed.image->view());
    } else {
      session.run(views_[next_]);
    }
    next_ = (next_ + 1) % feeds_.size();
  }

 private:
  std::span<const std::size_t> program_of_;
  std::span<const Feed> feeds_;
  std::vector<std::vector<ConstTensorView>> views_;
  std::shared_ptr<Executor> threads_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::size_t next_ = 0;
};

class GraphSubject final : public Subject {
 public:
  GraphSubject(const std::string& file, const SubjectOptions& options) {
    const GraphSource source =
        open_graph(file, {options.backend, options.isa, options.precision}, options.tensorrt);
    const Graph& graph = source.graph;
    backend_ = source.backend;
    const std::string name = std::filesystem::path(file).filename().string();
    if (options.model.empty() != options.clouds.empty()) {
      throw Error(ErrorCode::invalid_argument, file,
                  options.model.empty()
                      ? "--cloud needs --model MODEL.yaml, which makes the graph's inputs out of it"
                      : "--model needs --cloud FILE..., of which it makes the graph's inputs");
    }
    if (!options.clouds.empty()) {
      if (!options.words.loads.empty() || !options.words.shapes.empty()) {
        throw Error(ErrorCode::invalid_argument, file,
                    "expected either --loadInputs and --shapes or --cloud, found both");
      }
      feeds_ = feeds_of_clouds(options.model, graph, file, options.clouds, options.format);
      title_ = fmt::format("{} on {}", name, clouds_text(options.clouds));
    } else {
      std::vector<std::string> noise;
      feeds_.push_back(feed_of_words(graph, options.words, noise));
      std::string names;
      for (const std::string& input : noise) names += (names.empty() ? "'" : ", '") + input + "'";
      title_ = fmt::format("{}{}", name, noise.empty() ? "" : " on noise in " + names);
    }
    for (const auto* ids : {&graph.inputs, &graph.outputs}) {
      for (const ValueId id : *ids) bindings_.push_back(graph.values[id].name);
    }
    CompileOptions compile = source.options;
    compile.winograd = !options.direct;
    compile.dense = options.dense;
    isa_ = source.isa_name();
    precision_ = source.precision().text();
    if (feeds_[0].image && backend_ == "cpu" && !options.dense) cells_ = kOfASweep;
    // Clouds of different pillar counts may have different shapes: a program for each, so that no
    // run plans.
    std::vector<std::vector<Shape>> shapes;
    std::set<std::size_t> chosen;
    for (const Feed& feed : feeds_) {
      const std::vector<Shape> own = feed.shapes();
      const auto at = std::find(shapes.begin(), shapes.end(), own);
      program_of_.push_back(static_cast<std::size_t>(at - shapes.begin()));
      if (at != shapes.end()) continue;
      const std::size_t profile = choose_profile(source.profiles, own, options.profile);
      programs_.push_back({source.compile(own, compile), profile});
      shapes.push_back(own);
      chosen.insert(profile);
    }
    title_ += profile_note(source.profiles, chosen);
    // Feeds of tensors are one, or a PFN's.
    if (!feeds_[0].image && programs_[0].program->leaves_out(views_of(feeds_[0]))) {
      cells_ = "active cells of a scanned image";
    }
  }

  std::string title() const override { return title_; }
  std::string backend() const override { return backend_; }
  std::string isa_name() const override { return isa_; }
  std::string precision() const override { return precision_; }
  std::string cells() const override { return cells_; }
  std::vector<std::string> bindings() const override { return bindings_; }
  std::span<const Feed> feeds() const override { return feeds_; }
  std::unique_ptr<Lane> lane(std::shared_ptr<Executor> threads,
                             LayerCallback observer) const override {
    return std::make_unique<GraphLane>(programs_, program_of_, feeds_, std::move(threads),
                                       observer);
  }

 private:
  std::vector<Feed> feeds_;
  std::string title_, backend_, isa_, precision_;
  std::vector<std::string> bindings_;
  std::string cells_ = kWholeMaps;
  std::vector<Planned> programs_;
  std::vector<std::size_t> program_of_;  ///< By feed.
};

}  // namespace

bool is_model_file(const std::string& file) {
  const std::string extension = std::filesystem::path(file).extension().string();
  return extension == ".yaml" || extension == ".yml" || is_model_engine(file);
}

std::unique_ptr<Subject> open_subject(const std::string& file, const SubjectOptions& options) {
  if (is_model_file(file)) return std::make_unique<ModelSubject>(file, options);
  return std::make_unique<GraphSubject>(file, options);
}

}  // namespace colonnade
