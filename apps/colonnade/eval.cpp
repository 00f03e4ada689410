// colonnade eval: predictions held against labels.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "cloud_files.hpp"
#include "colonnade/error.hpp"
#include "colonnade/io.hpp"
#include "eval_options.hpp"
#include "evaluate/count_points.hpp"
#include "evaluate/curves.hpp"
#include "evaluate/frames.hpp"
#include "evaluate/kitti_protocol.hpp"
#include "evaluate/lidar_protocol.hpp"
#include "evaluate/print.hpp"
#include "evaluate/read_objects.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

/// "000001, 000002, 000003 and 12 more".
std::string some(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    list += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kShown) list += fmt::format(" and {} more", names.size() - kShown);
  return list;
}

void note(const std::string& text) {
  fmt::print(stderr, "colonnade: {}\n", text);
}

template <class Object>
EvalInput input_of(const EvalOptions& options, const JoinedFrames<Object>& joined) {
  if (!joined.without_predictions.empty()) {
    note(fmt::format(
        "{} of the frames in {} without predictions, {}: {}", joined.without_predictions.size(),
        options.labels,
        options.missing_are_empty ? "taken as frames in which nothing was found" : "left out",
        some(joined.without_predictions)));
  }
  if (!joined.without_labels.empty()) {
    note(fmt::format("{} of the frames in {} without labels, left out: {}",
                     joined.without_labels.size(), options.predictions,
                     some(joined.without_labels)));
  }
  if (joined.pairs.empty()) {
    throw Error(ErrorCode::mismatch, options.predictions,
                fmt::format("no frame is in {} too; frames match by the names of their files",
                            options.labels));
  }
  EvalInput input;
  input.predictions = options.predictions;
  input.labels = options.labels;
  input.frames = joined.pairs.size();
  for (const FramePair<Object>& pair : joined.pairs) {
    input.objects += pair.labels.size();
    input.boxes += pair.predictions.size();
  }
  input.without_predictions = joined.without_predictions;
  input.without_labels = joined.without_labels;
  input.score = options.score;
  return input;
}

const std::string& class_of(const KittiObject& object) {
  return object.type;
}
const std::string& class_of(const LidarObject& object) {
  return object.label;
}

/// Says which predictions are of no class that is evaluated. Error(mismatch): all are.
template <class Object, class Known>
void check_classes(const EvalOptions& options, const JoinedFrames<Object>& joined, Known known,
                   const std::string& classes) {
  std::set<std::string> unknown;
  std::size_t left_out = 0, all = 0;
  for (const FramePair<Object>& pair : joined.pairs) {
    for (const Object& prediction : pair.predictions) {
      ++all;
      if (known(class_of(prediction))) continue;
      ++left_out;
      unknown.insert(class_of(prediction));
    }
  }
  if (left_out == 0) return;
  const std::vector<std::string> names(unknown.begin(), unknown.end());
  if (left_out == all) {
    throw Error(ErrorCode::mismatch, options.predictions,
                fmt::format("its classes are {}; expected some of {}", some(names), classes));
  }
  note(fmt::format("{} of {} predictions are of classes that aren't evaluated, left out: {}",
                   left_out, all, some(names)));
}

void write_panels(const EvalOptions& options, std::span<const CurvePanel> panels,
                  std::size_t columns) {
  if (options.curves.empty()) return;
  const std::string folder = std::filesystem::path(options.curves).parent_path().string();
  if (!folder.empty()) make_folder(folder);
  write_curves(panels, columns, options.predictions + ", AP of 40 recalls", options.curves);
}

void evaluate_by_kitti(const EvalOptions& options, ObjectSet predictions, ObjectSet labels,
                       const Calibrations* calib, Executor& executor) {
  to_kitti(predictions, labels, calib, image_size(options.image_size));
  const auto joined =
      join_frames(std::move(predictions.kitti), std::move(labels.kitti), options.missing_are_empty);
  const EvalInput input = input_of(options, joined);
  check_classes(options, joined, is_kitti_class, "Car, Pedestrian, Cyclist");
  const KittiReport report = evaluate_kitti(joined.pairs, options.score, executor);
  write_panels(options, kitti_panels(report), kKittiMetricNames.size());
  fmt::print("{}", options.json ? kitti_json(input, report) : kitti_text(input, report));
}

/// Sets the labels' points. Error names the frame whose cloud is missing.
void count_points(const EvalOptions& options, std::vector<FramePair<LidarObject>>& frames,
                  Executor& executor) {
  const CloudFormat format = cloud_format(options.format);
  std::map<std::string, std::string> clouds;
  for (const std::string& file : list_clouds({options.clouds})) {
    clouds[std::filesystem::path(file).stem().string()] = file;
  }
  std::vector<std::string> missing;
  for (const FramePair<LidarObject>& frame : frames) {
    if (!frame.labels.empty() && clouds.find(frame.name) == clouds.end()) {
      missing.push_back(frame.name);
    }
  }
  if (!missing.empty()) {
    throw Error(ErrorCode::invalid_argument, options.clouds,
                fmt::format("has no cloud for {} of the {} frames: {}; clouds match by the names "
                            "of their files",
                            missing.size(), frames.size(), some(missing)));
  }
  executor.for_each(frames.size(), [&](std::size_t f, int) {
    if (frames[f].labels.empty()) return;
    const Cloud cloud = read_cloud(clouds[frames[f].name], format);
    count_points(cloud.view(), frames[f].labels);
  });
}

void evaluate_by_lidar(const EvalOptions& options, ObjectSet predictions, ObjectSet labels,
                       const Calibrations* calib, Executor& executor) {
  const LidarOptions setup = lidar_options(options);
  const bool both_kitti =
      predictions.format == ObjectFormat::kitti && labels.format == ObjectFormat::kitti;
  if (calib == nullptr && both_kitti) {
    note("--lidar without --calib: camera coordinates are read along KITTI's nominal axes");
  }
  const std::size_t regions = to_lidar(labels, predictions, calib);
  to_lidar(predictions, labels, calib);
  if (regions > 0) note(fmt::format("{} DontCare regions have no box in space, left out", regions));
  auto joined =
      join_frames(std::move(predictions.lidar), std::move(labels.lidar), options.missing_are_empty);
  const EvalInput input = input_of(options, joined);
  if (!options.clouds.empty()) count_points(options, joined.pairs, executor);
  check_lidar_options(joined.pairs, setup);
  const std::set<std::string> classes = lidar_classes(joined.pairs, setup);
  check_classes(
      options, joined, [&](const std::string& name) { return classes.count(name) > 0; },
      some({classes.begin(), classes.end()}));
  const std::vector<LidarRow> rows = evaluate_lidar(joined.pairs, setup, executor);
  write_panels(options, lidar_panels(rows), 3);
  fmt::print("{}", options.json ? lidar_json(input, setup, rows) : lidar_text(input, setup, rows));
}

int eval(const EvalOptions& options) {
  if (!std::isfinite(options.score)) {
    throw Error(ErrorCode::invalid_argument, "--score", "expected a finite number");
  }
  ThreadPool pool(options.threads != 0 ? options.threads : usable_cpus());
  ObjectSet predictions = read_objects(options.predictions, Role::predictions);
  ObjectSet labels = read_objects(options.labels, Role::labels);
  std::optional<Calibrations> calib;
  if (!options.calib.empty()) calib.emplace(options.calib);
  const auto evaluate = options.lidar ? evaluate_by_lidar : evaluate_by_kitti;
  evaluate(options, std::move(predictions), std::move(labels), calib ? &*calib : nullptr, pool);
  return kFine;
}

}  // namespace

Verb add_eval(CLI::App& app) {
  const auto o = std::make_shared<EvalOptions>();
  CLI::App* verb = app.add_subcommand(
      "eval",
      "Hold predictions against labels.\n\n"
      "By KITTI's protocol: average precision in 3-D, BEV, 2-D and orientation, easy, moderate and "
      "hard. With --lidar in the LiDAR's own frame, without camera or calibration: any classes, "
      "thresholds, ranges, points.");
  add_eval_options(*verb, *o);
  verb->footer(
      "colonnade eval labels/ kitti/training/label_2\n"
      "colonnade eval boxes.jsonl label_2/ --calib calib/ --curves curves.png\n"
      "colonnade eval boxes.jsonl labels/ --lidar --metric bev --threshold Car=0.5 \\\n"
      "  --threshold 0.25 --clouds sweeps/ --min-points 20 --within 45");
  return [o] { return eval(*o); };
}

}  // namespace colonnade
