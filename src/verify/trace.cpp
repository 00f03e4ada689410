#include "verify/trace.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/thread_pool.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "frame/features.hpp"
#include "kernels/widen.hpp"
#include "measure/front_end.hpp"
#include "model/enum_names.hpp"
#include "verify/box_match.hpp"

namespace colonnade {
namespace {

/// An array of the trace as doubles.
struct Array {
  Shape shape;
  std::vector<double> values;
  std::int64_t rows() const { return shape.rank() > 0 ? shape[0] : 0; }
  std::int64_t row() const { return rows() > 0 ? shape.elements() / rows() : 0; }
  const double* at(std::int64_t r) const { return values.data() + r * row(); }
};

std::optional<Array> array_of(const Trace& trace, const std::string& name, std::size_t rank) {
  const auto at = trace.find(name);
  if (at == trace.end()) return std::nullopt;
  if (at->second.shape().rank() != rank) {
    throw Error(
        ErrorCode::mismatch, "'" + name + "'",
        fmt::format("expected {} dimensions, found {}", rank, at->second.shape().to_string()));
  }
  return Array{at->second.shape(), to_doubles(at->second.view())};
}

std::string max_of(double error) {
  return fmt::format("at most {:.1e} apart", error);
}

/// The frame of the model, and how its pillars pair with the trace's.
class TraceComparison {
 public:
  TraceComparison(const std::string& model_yaml, const Trace& trace, const EngineOptions& engine,
                  const TraceOptions& options)
      : trace_(trace),
        options_(options),
        front_end_(model_yaml, engine),
        model_(front_end_.model()) {
    const auto points = array_of(trace, "points", 2);
    if (!points || (points->shape[1] != 4 && points->shape[1] != 5)) {
      throw Error(ErrorCode::mismatch, "'points'",
                  "expected [N, 4 or 5] of x, y, z, intensity, dt in the trace");
    }
    for (const double value : points->values) points_.push_back(static_cast<float>(value));
    const char* names[] = {"x", "y", "z", "intensity", "dt"};
    for (std::size_t f = 0; f < static_cast<std::size_t>(points->shape[1]); ++f) {
      fields_.push_back({names[f], f * sizeof(float), FieldType::f32});
    }
    cloud_ = {reinterpret_cast<const std::byte*>(points_.data()),
              static_cast<std::size_t>(points->rows()), fields_.size() * sizeof(float),
              fields_.data(), fields_.size()};
    frame_ = front_end_.run(cloud_);
  }

  std::vector<TraceStage> run() {
    std::vector<TraceStage> stages{pillars(), features(), pillar_features(), bev()};
    for (TraceStage& head : heads()) stages.push_back(std::move(head));
    stages.push_back(boxes());
    return stages;
  }

 private:
  using Cell = std::pair<std::int64_t, std::int64_t>;  // (ix, iy)

  bool within(double a, double b) const {
    return std::abs(a - b) <= options_.tolerance.atol + options_.tolerance.rtol * std::abs(b);
  }

  // Pairs pillars by cell; says which are in one only.
  TraceStage pillars() {
    TraceStage stage{"pillars", false, true, "", ""};
    const auto at = trace_.find("coords");
    if (at == trace_.end()) return stage;
    const auto coords = array_of(trace_, "coords", 2);
    const std::int64_t columns = coords->shape[1];
    if (columns != 3 && columns != 4) {
      throw Error(ErrorCode::mismatch, "'coords'", "expected [P, 3 or 4]: (batch,) z, y, x");
    }
    std::map<Cell, std::int64_t> theirs;
    for (std::int64_t p = 0; p < coords->rows(); ++p) {
      const double* row = coords->at(p) + columns - 2;
      theirs[{static_cast<std::int64_t>(row[1]), static_cast<std::int64_t>(row[0])}] = p;
    }
    const auto counts = array_of(trace_, "num_points", 1);
    std::int64_t swapped = 0, counts_differ = 0, most = 0;
    for (std::int64_t p = 0; p < frame_.pillars.count; ++p) {
      const Cell cell{frame_.pillars.cells[p].ix, frame_.pillars.cells[p].iy};
      if (theirs.count({cell.second, cell.first}) != 0) ++swapped;
      const auto found = theirs.find(cell);
      if (found == theirs.end()) continue;
      pairs_.emplace_back(p, found->second);
      if (!counts) continue;
      const auto count =
          static_cast<std::int64_t>(counts->values[static_cast<std::size_t>(found->second)]);
      most = std::max(most, count);
      counts_differ += count != frame_.pillars.counts[p];
    }
    const auto both = static_cast<std::int64_t>(pairs_.size());
    stage.compared = true;
    stage.fits = both == frame_.pillars.count && both == coords->rows() && counts_differ == 0;
    stage.detail =
        fmt::format("{} of ours, {} of the trace, {} on the same cells{}", frame_.pillars.count,
                    coords->rows(), both,
                    counts_differ > 0 ? fmt::format(", {} of them with other counts", counts_differ)
                                      : std::string());
    if (stage.fits) return stage;
    const std::int64_t cap = model_.pillars.max_pillars;
    if (both < frame_.pillars.count / 2 && swapped > both) {
      stage.cause = "coords' columns: x and y change places";
    } else if (frame_.pillars.count != coords->rows() &&
               both == std::min(frame_.pillars.count, coords->rows())) {
      stage.cause = frame_.pillars.count == cap && coords->rows() > cap
                        ? fmt::format("caps: pillars.max_pillars is {}, the trace has {}", cap,
                                      coords->rows())
                        : fmt::format(
                              "caps: the trace stops at {} pillars, pillars.max_pillars "
                              "is {}",
                              coords->rows(), cap);
    } else if (both == frame_.pillars.count && counts_differ > 0) {
      stage.cause = fmt::format(
          "caps: pillars.max_points is {}, the trace has up to {} points a "
          "pillar",
          model_.pillars.max_points, most);
    } else {
      stage.cause = "the grid: grid.min and grid.cell, or what is cut from the points before it";
    }
    return stage;
  }

  /// Columns of ours and of the trace that fit; one column can be several's.
  TraceStage features() {
    TraceStage stage{"features", false, true, "", ""};
    const auto theirs = array_of(trace_, "features", 3);
    if (!theirs || pairs_.empty()) return stage;
    const std::int64_t slots = model_.pillars.max_points;
    const auto channels = static_cast<std::int64_t>(model_.pillars.features.size());
    if (takes_raw_points() && theirs->shape[2] != channels) {
      stage.detail = "not compared: the graph makes its own of raw points";
      return stage;
    }
    stage.compared = true;
    if (theirs->shape[2] != channels || theirs->shape[1] != slots) {
      stage.fits = false;
      stage.detail = fmt::format("{} in the trace, [P,{},{}] here", theirs->shape.to_string(),
                                 slots, channels);
      stage.cause = theirs->shape[2] != channels
                        ? "feature order: pillars.features lists another number of them"
                        : "caps: pillars.max_points";
      return stage;
    }
    Tensor ours(DType::f32, {frame_.pillars.count, slots, channels});
    fill_input(InputSource::points, frame_.pillars, 0, frame_.pillars.count, frame_.pillars.count,
               model_.pillars, model_.grid, ours.view());
    const auto fits = [&](std::int64_t mine, std::int64_t other) {
      return column_error(ours, *theirs, mine, other).second;
    };
    std::string wrong, places;
    bool permuted = true;
    double worst = 0;
    for (std::int64_t c = 0; c < channels; ++c) {
      const auto [error, all] = column_error(ours, *theirs, c, c);
      worst = std::max(worst, error);
      std::int64_t there = c;
      for (std::int64_t k = 0; !all && k < channels; ++k) {
        if (fits(c, k)) there = k;
      }
      permuted = permuted && (all || there != c);
      if (all) continue;
      const std::string name = feature_name(c);
      wrong += (wrong.empty() ? "" : ", ") + name;
      if (there != c)
        places += fmt::format("{}{} is column {}", places.empty() ? "" : ", ", name, there);
    }
    stage.fits = wrong.empty();
    stage.detail = stage.fits ? max_of(worst) : fmt::format("{} differ, {}", wrong, max_of(worst));
    if (stage.fits) return stage;
    if (permuted) {
      stage.cause = "feature order: in the trace " + places;
    } else if (wrong.find("center") != std::string::npos &&
               wrong.find("mean") == std::string::npos) {
      stage.cause = "pillars.center: what the exporter takes for a pillar's centre";
    } else if (wrong == "intensity") {
      stage.cause = "the intensity's scale";
    } else {
      stage.cause = "pillars.features: " + wrong + " mean something else there";
    }
    return stage;
  }

  /// What a pillar's mean and centre add is then the graph's own, as in mmdeploy's exports.
  bool takes_raw_points() const {
    const auto& features = model_.pillars.features;
    return std::all_of(features.begin(), features.end(),
                       [](PointFeature one) { return one <= PointFeature::dt; });
  }

  std::string feature_name(std::int64_t c) const {
    return std::string(enum_name(model_.pillars.features[static_cast<std::size_t>(c)]));
  }

  std::pair<double, bool> column_error(const Tensor& ours, const Array& theirs, std::int64_t mine,
                                       std::int64_t other) const {
    const std::int64_t slots = ours.shape()[1], channels = ours.shape()[2];
    double worst = 0;
    bool all = true;
    for (const auto& [p, q] : pairs_) {
      for (std::int64_t k = 0; k < slots; ++k) {
        const double a = ours.as<float>()[(p * slots + k) * channels + mine];
        const double b = theirs.at(q)[k * channels + other];
        worst = std::max(worst, std::abs(a - b));
        all = all && within(a, b);
      }
    }
    return {worst, all};
  }

  TraceStage pillar_features() {
    TraceStage stage{"pillar features", false, true, "", ""};
    const auto theirs = array_of(trace_, "pillar_features", 2);
    if (!theirs || pairs_.empty()) return stage;
    const std::int64_t channels = frame_.features.channels;
    stage.compared = true;
    if (theirs->shape[1] != channels) {
      stage.fits = false;
      stage.detail =
          fmt::format("{} in the trace, {} channels here", theirs->shape.to_string(), channels);
      stage.cause = "another network";
      return stage;
    }
    double worst = 0;
    for (const auto& [p, q] : pairs_) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const double a = frame_.features.data[p * channels + c], b = theirs->at(q)[c];
        worst = std::max(worst, std::abs(a - b));
        stage.fits = stage.fits && within(a, b);
      }
    }
    stage.detail = max_of(worst);
    if (stage.fits) return stage;
    stage.cause = "the PFN's weights: another checkpoint, or its BatchNorm in training mode";
    if (takes_raw_points()) {
      stage.cause +=
          "; or what the graph makes of raw points: an exporter can lose what is changed in place, "
          "as MMDetection3D's legacy encoder does with x, y and z";
    }
    return stage;
  }

  TraceStage whole(const std::string& stage_name, const ConstTensorView& ours, const Tensor& theirs,
                   const std::string& cause) const {
    TraceStage stage{stage_name, true, true, "", ""};
    Tensor same(ours.dtype, theirs.shape());
    store_doubles(to_doubles(theirs.view()), same.view());
    const TensorError error = compare_tensors(ours, std::as_const(same).view(), options_.tolerance);
    stage.fits = error.fits();
    stage.detail = error.mismatch.empty()
                       ? fmt::format("{}, {} of {} outside", max_of(error.max_abs), error.outside,
                                     error.elements)
                       : error.mismatch;
    if (!stage.fits) stage.cause = cause;
    return stage;
  }

  TraceStage bev() const {
    const auto at = trace_.find("bev");
    if (at == trace_.end()) return {"bev", false, true, "", ""};
    const Tensor image = dense(frame_.image);
    return whole("bev", image.view(), at->second,
                 "the scatter: x and y change places, or pillars on one cell");
  }

  std::vector<TraceStage> heads() {
    std::vector<TraceStage> stages;
    const Plan& plan = front_end_.engine().body().plan;
    ThreadPool threads(1);
    std::unique_ptr<Session> session;
    for (std::size_t k = 0; k < plan.rpn.graph.outputs.size(); ++k) {
      const std::string& name = plan.rpn.graph.values[plan.rpn.graph.outputs[k]].name;
      const auto at = trace_.find("head_" + name);
      if (at == trace_.end()) continue;
      if (!session) {
        session = front_end_.engine().body().rpn->create_session(threads);
        session->run(frame_.image);
      }
      stages.push_back(whole("head " + name, session->outputs()[k], at->second,
                             "the backbone's or the heads' weights: another checkpoint, or "
                             "BatchNorm in training mode"));
    }
    return stages;
  }

  TraceStage boxes();

  const Trace& trace_;
  const TraceOptions& options_;
  FrontEnd front_end_;
  const ModelSpec& model_;
  std::vector<float> points_;
  std::vector<PointField> fields_;
  CloudView cloud_;
  FrontEnd::Frame frame_;
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs_;  ///< Pillars: ours, the trace's.
};

std::vector<Box> boxes_of(const Array& rows, const Array& scores, const Array& labels) {
  if (rows.shape[1] < 7 || scores.rows() != rows.rows() || labels.rows() != rows.rows()) {
    throw Error(ErrorCode::mismatch, "'boxes'", "expected [K, 7] beside scores [K] and labels [K]");
  }
  std::vector<Box> boxes;
  for (std::int64_t k = 0; k < rows.rows(); ++k) {
    Box& box = boxes.emplace_back();
    float* const fields[] = {&box.x,     &box.y,      &box.z,  &box.length,
                             &box.width, &box.height, &box.yaw};
    for (std::size_t f = 0; f < 7; ++f) *fields[f] = static_cast<float>(rows.at(k)[f]);
    box.score = static_cast<float>(scores.values[static_cast<std::size_t>(k)]);
    box.label = static_cast<std::int32_t>(labels.values[static_cast<std::size_t>(k)]);
  }
  return boxes;
}

/// The median of what moves ours onto the nearest of theirs, by label and score; 0 where none.
std::array<double, 3> usual_shift(const std::vector<Box>& ours, const std::vector<Box>& theirs) {
  std::array<std::vector<double>, 3> shifts;
  for (const Box& a : ours) {
    for (const Box& b : theirs) {
      if (a.label != b.label || std::abs(a.score - b.score) > 1e-4F) continue;
      const double shift[] = {double{b.x} - a.x, double{b.y} - a.y, double{b.z} - a.z};
      for (std::size_t i = 0; i < 3; ++i) shifts[i].push_back(shift[i]);
      break;
    }
  }
  std::array<double, 3> result{};
  for (std::size_t i = 0; i < 3 && !shifts[i].empty(); ++i) {
    const auto middle = shifts[i].begin() + static_cast<long>(shifts[i].size() / 2);
    std::nth_element(shifts[i].begin(), middle, shifts[i].end());
    result[i] = *middle;
  }
  return result;
}

TraceStage TraceComparison::boxes() {
  TraceStage stage{"boxes", false, true, "", ""};
  const auto rows = array_of(trace_, "boxes", 2);
  const auto scores = array_of(trace_, "scores", 1), labels = array_of(trace_, "labels", 1);
  if (!rows || !scores || !labels) return stage;
  const std::vector<Box> theirs = boxes_of(*rows, *scores, *labels);
  Detector detector(front_end_.shared_engine());
  Detections found;
  detector.detect(cloud_, found);
  const BoxMatch match = match_boxes(found.boxes, theirs, options_.corners_within);
  stage.compared = true;
  stage.fits = match.all();
  stage.detail = fmt::format("{} of ours, {} of the trace, {} with corners within {:g} m", match.a,
                             match.b, match.matched, options_.corners_within);
  if (stage.fits) return stage;
  const std::array<double, 3> shift = usual_shift(found.boxes, theirs);
  const double flat = std::hypot(shift[0], shift[1]);
  if (match.opposite > match.matched) {
    stage.cause = fmt::format(
        "the direction rule (post.direction): {} boxes are turned by half a "
        "turn",
        match.opposite);
  } else if (match.matched == std::min(match.a, match.b)) {
    stage.cause = fmt::format(
        "NMS or a cap after it: post.nms, post.score_threshold ({:g}), "
        "post.top_k, post.max_boxes; the {} has {} boxes more",
        model_.post.score_threshold, match.a > match.b ? "model" : "trace",
        std::abs(match.a - match.b));
  } else if (flat > options_.corners_within && std::abs(shift[2]) <= flat) {
    stage.cause = fmt::format(
        "the anchors' places (anchor_layout.placement, the grid): boxes of one "
        "score are usually ({:.3f}, {:.3f}) m apart",
        shift[0], shift[1]);
  } else if (std::abs(shift[2]) > options_.corners_within) {
    stage.cause = fmt::format(
        "z (box.z, the anchors' z): boxes of one score are usually {:.3f} m "
        "higher in the trace",
        shift[2]);
  } else if (match.matched > 0) {
    stage.cause = "NMS: post.nms.threshold, per_class, or what a tie keeps";
  } else {
    stage.cause = "the box code: box.size, box.yaw, the anchors' sizes";
  }
  return stage;
}

}  // namespace

std::vector<TraceStage> compare_trace(const std::string& model_yaml, const Trace& trace,
                                      const EngineOptions& engine, const TraceOptions& options) {
  return TraceComparison(model_yaml, trace, engine, options).run();
}

std::string to_text(const std::vector<TraceStage>& stages) {
  std::string text;
  const TraceStage* first = nullptr;
  for (const TraceStage& stage : stages) {
    text += fmt::format(
        "  {:<6} {:<24} {}\n",
        !stage.compared ? "-"
        : stage.fits    ? "fits"
                        : "differs",
        stage.name, stage.compared || !stage.detail.empty() ? stage.detail : "not in the trace");
    if (first == nullptr && !stage.fits) first = &stage;
  }
  return text + (first == nullptr ? std::string("\nthe same, within the tolerance\n")
                                  : fmt::format("\nthe first stage that differs: {}\nlikely: {}\n",
                                                first->name, first->cause));
}

}  // namespace colonnade
