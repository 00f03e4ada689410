#include "verify/gate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <utility>

#include "base/cpus.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "detector/engine_body.hpp"
#include "engine_file/contents.hpp"
#include "verify/intervals.hpp"
#include "verify/precision_loss.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

constexpr double kBands[] = {0, 20, 40};  // Metres: rows from each to the next, and beyond.
constexpr std::size_t kDraws = 1000;
// Fewer can't fill the 40 recalls of an average precision.
constexpr std::uint64_t kFewestLabels = 40;
// Low enough that a box near the gate's score isn't lost by a hair on one side.
constexpr double kScoreShare = 0.5;

std::vector<LidarObject> objects_of(const Detections& detections, const ModelSpec& model) {
  std::vector<LidarObject> objects;
  for (const Box& box : detections.boxes) {
    objects.push_back({model.classes.at(static_cast<std::size_t>(box.label)), box.x, box.y, box.z,
                       box.length, box.width, box.height, box.yaw, box.score, -1});
  }
  return objects;
}

/// Both sides' boxes by frame.
struct Answers {
  Frames<LidarObject> exact, effective;
  std::vector<std::string> hashes;  ///< Of the clouds.
};

/// One cloud a name: labels and frames are found by it.
std::string frame_name(const std::string& file, const Answers& answers) {
  std::string name = fs::path(file).stem().string();
  if (answers.exact.count(name) == 0) return name;
  throw Error(ErrorCode::invalid_argument, file,
              fmt::format("a cloud called '{}' is there already; expected one of each name", name));
}

Answers ask(const GateRequest& request, Detector& exact, Detector& effective) {
  Answers answers;
  Detections detections;
  for (const std::string& file : request.clouds) {
    if (request.on_cloud) request.on_cloud(file);
    const std::string name = frame_name(file, answers);
    const std::string hash = hash_text(WholeFile::read(file)->bytes());
    if (std::find(answers.hashes.begin(), answers.hashes.end(), hash) != answers.hashes.end()) {
      throw Error(ErrorCode::invalid_argument, file,
                  "is the same as another of the clouds; expected different ones, since each "
                  "counts as one more frame");
    }
    answers.hashes.push_back(hash);
    const Cloud cloud = read_cloud(file, request.format);
    exact.detect(cloud.view(), detections);
    answers.exact[name] = objects_of(detections, exact.engine().model());
    effective.detect(cloud.view(), detections);
    answers.effective[name] = objects_of(detections, effective.engine().model());
  }
  return answers;
}

std::string hash_of(std::vector<std::string> hashes) {
  std::sort(hashes.begin(), hashes.end());
  std::string text;
  for (const std::string& hash : hashes) text += hash;
  return hash_text(std::as_bytes(std::span(text)));
}

std::string hash_of_folder(const std::string& path) {
  std::vector<std::string> hashes;
  const auto add = [&](const fs::path& file) {
    hashes.push_back(hash_text(WholeFile::read(file.string())->bytes()));
  };
  if (!fs::is_directory(path)) {
    add(path);
  } else {
    for (const auto& entry : fs::directory_iterator(path)) {
      if (entry.is_regular_file()) add(entry.path());
    }
  }
  return hash_of(std::move(hashes));
}

void count(const BoxFate& fate, GateRow& row) {
  ++(fate.exact ? row.exact : row.given);
  if (!fate.found) ++(fate.exact ? row.lost : row.invented);
}

std::vector<GateRow> rows_of(const std::vector<std::vector<BoxFate>>& frames) {
  std::set<std::string> classes;
  for (const auto& fates : frames) {
    for (const BoxFate& fate : fates) classes.insert(fate.class_name);
  }
  std::vector<GateRow> rows;
  const auto add = [&](GateRow row) {
    for (const auto& fates : frames) {
      for (const BoxFate& fate : fates) {
        const bool in = fate.range >= row.from && fate.range < row.to;
        if (in && fate.class_name == row.class_name) count(fate, row);
      }
    }
    if (row.exact + row.given > 0) rows.push_back(row);
  };
  for (const std::string& name : classes) {
    GateRow all;
    all.class_name = name;
    add(all);
    for (std::size_t b = 0; b < std::size(kBands); ++b) {
      GateRow band = all;
      band.from = kBands[b];
      if (b + 1 < std::size(kBands)) band.to = kBands[b + 1];
      add(band);
    }
  }
  return rows;
}

/// Boxes of one side that the other hasn't got.
GateShare share_of(const std::vector<std::vector<BoxFate>>& frames, bool exact, double limit) {
  std::vector<GateShare> each;
  GateShare sum;
  for (const auto& fates : frames) {
    GateShare& frame = each.emplace_back();
    for (const BoxFate& fate : fates) {
      if (fate.exact != exact) continue;
      ++frame.of;
      frame.count += fate.found ? 0 : 1;
    }
    sum.count += frame.count;
    sum.of += frame.of;
  }
  const Interval interval = bootstrap(each.size(), kDraws, [&](std::span<const std::size_t> drawn) {
    GateShare share;
    for (const std::size_t frame : drawn) {
      share.count += each[frame].count;
      share.of += each[frame].of;
    }
    return share.share();
  });
  sum.low = interval.low;
  sum.high = std::max(interval.high, share_behind_none(sum.of));
  sum.limit = limit;
  return sum;
}

}  // namespace

void judge(EngineGate& gate) {
  std::string failing, unsure;
  const auto add = [&](const std::string& what, bool fails, bool passes) {
    if (fails) failing += (failing.empty() ? "" : ", ") + what;
    if (!fails && !passes) unsure += (unsure.empty() ? "" : ", ") + what;
  };
  add("boxes lost", gate.lost.low > gate.lost.limit, gate.lost.high <= gate.lost.limit);
  add("boxes invented", gate.invented.low > gate.invented.limit,
      gate.invented.high <= gate.invented.limit);
  for (const GatePrecision& row : gate.precision) {
    add("average precision of " + row.class_name, row.high < -row.limit,
        row.labels >= kFewestLabels && row.low >= -row.limit);
  }
  gate.verdict = !failing.empty() ? "fail" : !unsure.empty() ? "too little data" : "pass";
  gate.reason = !failing.empty() ? failing : unsure;
}

GateReport run_gate(const GateRequest& request) {
  if (request.clouds.empty()) {
    throw Error(ErrorCode::invalid_argument, request.engine, "expected clouds to verify it on");
  }
  const auto pool =
      std::make_shared<ThreadPool>(request.threads > 0 ? request.threads : usable_cpus());
  EngineOptions as_built;
  as_built.tensorrt = request.tensorrt;
  const auto engine = Engine::open(request.engine, as_built);
  DetectorOptions options;
  options.executor = pool;
  options.score_threshold = std::min(engine->model().post.score_threshold,
                                     static_cast<float>(kScoreShare * request.limits.same.score));
  Detector effective(engine, options), exact(open_exact(request.engine), options);
  const Answers answers = ask(request, exact, effective);

  std::vector<std::vector<BoxFate>> frames;
  for (const auto& [name, boxes] : answers.exact) {
    frames.push_back(fates_of(boxes, answers.effective.at(name), request.limits.same));
  }
  GateReport report;
  report.precision = engine->precision();
  report.rows = rows_of(frames);
  EngineGate& gate = report.gate;
  gate.model = read_engine(request.engine).origin.key;
  gate.clouds = hash_of(answers.hashes);
  gate.frames = frames.size();
  gate.lost = share_of(frames, true, request.limits.lost);
  gate.invented = share_of(frames, false, request.limits.invented);
  if (!request.labels.empty()) {
    gate.labels = hash_of_folder(request.labels);
    gate.precision = precision_loss(answers.exact, answers.effective, request.labels, request.calib,
                                    request.limits.precision, *pool);
  }
  judge(gate);
  return report;
}

void store_gate(const std::string& engine, const EngineGate& gate) {
  EngineContents contents = read_engine(engine);
  contents.gate = gate;
  write_file_durably(engine, encode(contents));
}

}  // namespace colonnade
