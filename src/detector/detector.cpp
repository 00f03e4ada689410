#include "colonnade/detector.hpp"

#include <fmt/core.h>

#include <chrono>
#include <utility>

#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "stages/decode.hpp"
#include "stages/nms.hpp"
#include "stages/pfn.hpp"
#include "stages/pillarize.hpp"
#include "stages/prepare.hpp"
#include "stages/rpn.hpp"
#include "stages/scatter.hpp"

namespace colonnade {
namespace {

/// Runs a stage and puts its milliseconds into `ms`.
template <typename Stage>
decltype(auto) timed(double& ms, Stage&& stage) {
  struct Stopwatch {
    double& ms;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    ~Stopwatch() {
      ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
               .count();
    }
  } stopwatch{ms};
  return stage();
}

std::shared_ptr<const Engine> required(std::shared_ptr<const Engine> engine) {
  if (!engine) throw Error(ErrorCode::invalid_argument, "expected an engine, found a null pointer");
  return engine;
}

std::shared_ptr<Executor> own_pool(int threads) {
  return std::make_shared<ThreadPool>(threads != 0 ? threads : usable_cpus());
}

ModelSpec with_overrides(ModelSpec spec, const DetectorOptions& options) {
  if (options.score_threshold) {
    const float score = *options.score_threshold;
    if (!(score >= 0 && score <= 1)) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("the score threshold is {}; expected 0 to 1", score));
    }
    spec.post.score_threshold = score;
  }
  return spec;
}

}  // namespace

/// One thread's stages, in the order of the data, each with its own buffers.
struct Detector::Body {
  Body(std::shared_ptr<const Engine> shared, const DetectorOptions& options)
      : engine(required(std::move(shared))),
        log(options.log),
        on_stage(options.on_stage),
        spec(with_overrides(engine->model(), options)),
        executor(options.executor ? options.executor : own_pool(options.threads)),
        prepare(spec, options.sensor, options.field_of_view, *executor),
        pillarize(spec),
        pfn(engine->body().plan.pfn, spec, *engine->body().pfn, engine->body().point_by_point,
            *executor),
        rpn(engine->body().plan.rpn, spec, observed(*engine->body().rpn, options)),
        decode(spec),
        nms(spec, options.sensor) {}

  std::unique_ptr<Session> observed(const Program& program, const DetectorOptions& options) {
    std::unique_ptr<Session> session = program.create_session(*executor);
    session->observe(options.on_layer);
    return session;
  }

  template <typename Stage>
  decltype(auto) step(const char* name, double& ms, Stage&& stage) {
    if (on_stage) on_stage(name);
    return timed(ms, stage);
  }

  void detect(const CloudView& cloud, Detections& out) {
    StageTimes& ms = out.times_ms;
    FrameStats& stats = out.stats;
    timed(ms.total, [&] {
      const Points points = step("prepare", ms.prepare, [&] { return prepare.run(cloud, stats); });
      const Pillars pillars =
          step("pillarize", ms.pillarize, [&] { return pillarize.run(points, stats); });
      const PillarFeatures features = step("pfn", ms.pfn, [&] { return pfn.run(pillars); });
      const BevImage image =
          step("scatter", ms.scatter, [&] { return scatter(features, pillars, spec.grid); });
      const HeadMaps& maps =
          step("rpn", ms.rpn, [&]() -> const HeadMaps& { return rpn.run(image); });
      const Candidates& candidates = step("decode", ms.decode, [&]() -> const Candidates& {
        return decode.run(maps, pillars, stats);
      });
      step("nms", ms.nms, [&] { nms.run(candidates, out); });
    });
  }

  std::shared_ptr<const Engine> engine;
  LogCallback log;
  StageCallback on_stage;
  ModelSpec spec;
  std::shared_ptr<Executor> executor;
  Prepare prepare;
  Pillarize pillarize;
  Pfn pfn;
  Rpn rpn;
  Decode decode;
  Nms nms;
  bool warned_intensity = false, warned_sweeps = false;
};

Detector Detector::open(const std::string& path, const DetectorOptions& options) {
  return Detector(
      Engine::open(path, {options.backend, options.isa, options.precision, options.dense,
                          options.direct, options.log, options.tensorrt}),
      options);
}

Detector::Detector(std::shared_ptr<const Engine> engine, const DetectorOptions& options)
    : body_(std::make_unique<Body>(std::move(engine), options)) {}
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;
Detector::~Detector() = default;

void Detector::detect(const CloudView& cloud, Detections& out) {
  out.boxes.clear();
  out.stats = {};
  out.times_ms = {};
  out.has_velocity = body_->spec.box.velocity;
  body_->detect(cloud, out);

  if (!body_->log) return;
  // Once a detector: a network trained with intensity (or several sweeps) sees none.
  if (!body_->prepare.found_intensity() && !std::exchange(body_->warned_intensity, true)) {
    body_->log(LogLevel::warning, "the cloud has no intensity field; the network sees 0");
  }
  if (body_->spec.sweeps > 1 && !body_->prepare.found_dt() &&
      !std::exchange(body_->warned_sweeps, true)) {
    body_->log(LogLevel::warning, "the model was trained on " + std::to_string(body_->spec.sweeps) +
                                      " sweeps, the cloud is one: dt is 0");
  }
}

const Engine& Detector::engine() const noexcept {
  return *body_->engine;
}
const std::string& Detector::isa() const noexcept {
  return body_->engine->isa();
}
int Detector::threads() const noexcept {
  return body_->executor->threads();
}

}  // namespace colonnade
