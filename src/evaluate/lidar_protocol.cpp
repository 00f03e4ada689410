#include "evaluate/lidar_protocol.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colonnade/error.hpp"
#include "evaluate/lidar_matching.hpp"
#include "evaluate/overlap.hpp"

namespace colonnade {
namespace {

using Frame = FramePair<LidarObject>;

/// One class's objects of a frame and which of them are near enough, before anything is ignored.
struct ClassFrame {
  std::vector<const LidarObject*> labels, predictions;
  std::vector<bool> neighbour;  ///< Of labels: of a class that is ignored for this one.
  std::vector<LidarMatchFrame::Pair> pairs;
};

/// The rows of one class and threshold.
struct Job {
  std::string class_name;
  double threshold = 0;
};

double distance(const LidarObject& object) noexcept {
  return std::hypot(object.x, object.y);
}

double distance(const LidarObject& a, const LidarObject& b) noexcept {
  return std::hypot(a.x - b.x, a.y - b.y);
}

/// 0 to pi.
double turn(const LidarObject& a, const LidarObject& b) noexcept {
  constexpr double kTurn = 2 * 3.14159265358979323846;
  return std::abs(std::remainder(a.yaw - b.yaw, kTurn));
}

bool in(const LidarStratum& stratum, double value) noexcept {
  return value >= stratum.from && value < stratum.to;
}

bool holds(const LidarStratum& stratum, const LidarObject& label) noexcept {
  switch (stratum.kind) {
    case LidarStratum::Kind::range: return in(stratum, distance(label));
    case LidarStratum::Kind::points: return in(stratum, static_cast<double>(label.points));
    case LidarStratum::Kind::all: break;
  }
  return true;
}

template <class Edge>
void add_strata(std::vector<LidarStratum>& strata, LidarStratum::Kind kind,
                const std::vector<Edge>& edges) {
  for (std::size_t i = 0; i < edges.size(); ++i) {
    LidarStratum stratum{kind, static_cast<double>(edges[i]), {}};
    stratum.to = i + 1 < edges.size() ? static_cast<double>(edges[i + 1])
                                      : std::numeric_limits<double>::infinity();
    strata.push_back(stratum);
  }
}

std::vector<Job> jobs_of(std::span<const Frame> frames, const LidarOptions& options) {
  std::vector<Job> jobs;
  for (const std::string& name : lidar_classes(frames, options)) {
    const auto own = options.class_thresholds.find(name);
    if (own != options.class_thresholds.end()) {
      jobs.push_back({name, own->second});
    } else {
      for (const double threshold : options.thresholds) jobs.push_back({name, threshold});
    }
  }
  return jobs;
}

void add_pairs(ClassFrame& frame, LidarMetric metric, double threshold) {
  std::vector<UprightBox> labels;
  for (const LidarObject* label : frame.labels) labels.push_back(upright(*label));
  for (std::size_t j = 0; j < frame.predictions.size(); ++j) {
    const UprightBox prediction = upright(*frame.predictions[j]);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      double nearness = 0;
      if (metric == LidarMetric::distance) {
        const double metres = distance(*frame.labels[i], *frame.predictions[j]);
        if (metres >= threshold) continue;
        nearness = -metres;
      } else {
        const Ious iou = ious(labels[i], prediction);
        nearness = metric == LidarMetric::space ? iou.space : iou.ground;
        if (nearness <= threshold) continue;
      }
      frame.pairs.push_back(
          {static_cast<std::uint32_t>(j), static_cast<std::uint32_t>(i), nearness});
    }
  }
}

ClassFrame class_frame(const Frame& frame, const Job& job, const LidarOptions& options) {
  ClassFrame out;
  for (const LidarObject& label : frame.labels) {
    const bool neighbour =
        std::find(options.neighbours.begin(), options.neighbours.end(),
                  std::pair(label.label, job.class_name)) != options.neighbours.end();
    if (!neighbour && label.label != job.class_name) continue;
    out.labels.push_back(&label);
    out.neighbour.push_back(neighbour);
  }
  for (const LidarObject& prediction : frame.predictions) {
    if (prediction.label == job.class_name) out.predictions.push_back(&prediction);
  }
  add_pairs(out, options.metric, job.threshold);
  return out;
}

LidarMatchFrame match_frame(const ClassFrame& frame, const LidarStratum& stratum,
                            const LidarOptions& options) {
  LidarMatchFrame out;
  out.pairs = frame.pairs;
  for (std::size_t i = 0; i < frame.labels.size(); ++i) {
    const LidarObject& label = *frame.labels[i];
    out.label_ignored.push_back(frame.neighbour[i] || distance(label) > options.within ||
                                (options.min_points > 0 && label.points < options.min_points) ||
                                !holds(stratum, label));
  }
  for (const LidarObject* prediction : frame.predictions) {
    const bool out_of_range =
        stratum.kind == LidarStratum::Kind::range && !in(stratum, distance(*prediction));
    out.scores.push_back(prediction->score);
    out.prediction_out.push_back(out_of_range || distance(*prediction) > options.within);
  }
  return out;
}

LidarRow row_of(const std::vector<ClassFrame>& frames, const Job& job, const LidarStratum& stratum,
                const LidarOptions& options) {
  LidarRow row;
  row.class_name = job.class_name;
  row.stratum = stratum;
  row.threshold = job.threshold;
  std::vector<Judged> judged;
  for (const ClassFrame& frame : frames) {
    const LidarMatchFrame match = match_frame(frame, stratum, options);
    for (const bool ignored : match.label_ignored) ++(ignored ? row.ignored : row.labels);
    for (const LidarOutcome& outcome : match_lidar(match)) {
      if (outcome.kind == LidarOutcome::Kind::none) continue;
      const bool found = outcome.kind == LidarOutcome::Kind::found;
      const LidarObject& prediction = *frame.predictions[outcome.prediction];
      judged.push_back({prediction.score, found});
      if (prediction.score < options.score) continue;
      ++(found ? row.found : row.wrong);
      if (!found) continue;
      row.mean_distance += distance(prediction, *frame.labels[outcome.label]);
      row.mean_turn += turn(prediction, *frame.labels[outcome.label]);
    }
  }
  if (row.found > 0) {
    row.mean_distance /= static_cast<double>(row.found);
    row.mean_turn /= static_cast<double>(row.found);
  }
  if (row.labels == 0) return row;
  const std::vector<CurvePoint> points = curve_points(std::move(judged));
  row.precision = sampled(points, row.labels);
  row.ap_r40 = average_r40(row.precision);
  row.ap_nuscenes = average_nuscenes(points, row.labels);
  return row;
}

}  // namespace

std::set<std::string> lidar_classes(std::span<const Frame> frames, const LidarOptions& options) {
  std::set<std::string> classes;
  for (const Frame& frame : frames) {
    for (const LidarObject& label : frame.labels) classes.insert(label.label);
  }
  // Vans that are only there to be ignored for cars aren't a class of their own.
  for (const auto& [neighbour, of] : options.neighbours) classes.erase(neighbour);
  return classes;
}

void check_lidar_options(std::span<const Frame> frames, const LidarOptions& options) {
  const std::set<std::string> classes = lidar_classes(frames, options);
  const auto check = [&](const std::string& option, const std::string& name) {
    if (classes.count(name) > 0) return;
    std::string list;
    for (const std::string& known : classes) list += (list.empty() ? "" : ", ") + known;
    throw Error(ErrorCode::invalid_argument, option,
                fmt::format("no label is of the class '{}'; there are {}", name,
                            list.empty() ? "none" : list));
  };
  for (const auto& [name, threshold] : options.class_thresholds) check("--threshold", name);
  for (const auto& [neighbour, name] : options.neighbours) check("--neighbour", name);
  if (options.min_points == 0 && options.point_edges.empty()) return;
  for (const Frame& frame : frames) {
    for (const LidarObject& label : frame.labels) {
      if (label.points >= 0) continue;
      throw Error(ErrorCode::invalid_argument, "--min-points and --point-ranges",
                  fmt::format("the labels of frame {} don't tell their points; --clouds DIR counts "
                              "them",
                              frame.name));
    }
  }
}

std::vector<LidarRow> evaluate_lidar(std::span<const Frame> frames, const LidarOptions& options,
                                     Executor& executor) {
  std::vector<LidarStratum> strata{LidarStratum{}};
  add_strata(strata, LidarStratum::Kind::range, options.range_edges);
  add_strata(strata, LidarStratum::Kind::points, options.point_edges);
  const std::vector<Job> jobs = jobs_of(frames, options);
  std::vector<LidarRow> rows(jobs.size() * strata.size());
  executor.for_each(jobs.size(), [&](std::size_t k, int) {
    std::vector<ClassFrame> class_frames;
    for (const Frame& frame : frames) {
      class_frames.push_back(class_frame(frame, jobs[k], options));
    }
    for (std::size_t s = 0; s < strata.size(); ++s) {
      rows[k * strata.size() + s] = row_of(class_frames, jobs[k], strata[s], options);
    }
  });
  return rows;
}

}  // namespace colonnade
