#include "verify/gate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "base/cpus.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/thread_pool.hpp"
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
constexpr int kRounds = 7;
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

/// One cloud a name: labels and frames are found by it.
std::string frame_name(const std::string& file) {
  return fs::path(file).stem().string();
}

Frames<LidarObject> ask(const std::vector<std::string>& clouds, CloudFormat format,
                        Detector& detector,
                        const std::function<void(const std::string&)>& before = {}) {
  Frames<LidarObject> frames;
  Detections detections;
  for (const std::string& file : clouds) {
    if (before) before(file);
    detector.detect(read_cloud(file, format).view(), detections);
    frames[frame_name(file)] = objects_of(detections, detector.engine().model());
  }
  return frames;
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
  sum.low = each.size() > 1 ? interval.low : 0;  // One frame's draws are all itself.
  sum.high = std::max(interval.high, share_behind_none(sum.of));
  sum.limit = limit;
  return sum;
}

}  // namespace

std::vector<std::string> hash_gate_clouds(const std::vector<std::string>& clouds,
                                          const std::vector<std::string>& calibrated) {
  std::set<std::string> names;
  std::vector<std::string> hashes;
  for (const std::string& file : clouds) {
    const std::string hash = hash_text(WholeFile::read(file)->bytes());
    const auto among = [&](const std::vector<std::string>& known) {
      return std::find(known.begin(), known.end(), hash) != known.end();
    };
    const auto refuse = [&](const std::string& message) {
      throw Error(ErrorCode::invalid_argument, file, message);
    };
    const std::string name = frame_name(file);
    if (!names.insert(name).second) {
      refuse(fmt::format("a cloud called '{}' is there already; expected one of each name", name));
    }
    if (among(hashes)) {
      refuse(
          "is the same as another of the clouds; expected different ones, since each counts as one "
          "more frame");
    }
    if (among(calibrated)) {
      refuse(
          "is one of the clouds that the engine was calibrated with; expected others, since on "
          "those it's at its best");
    }
    hashes.push_back(hash);
  }
  return hashes;
}

void judge(EngineGate& gate) {
  std::string failing, unsure;
  const auto add = [&](const std::string& what, bool fails, bool passes) {
    fails = fails && gate.frames > 1;  // One tells nothing of others.
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

bool holds(const EngineGate& gate) {
  return gate.verdict != "fail" && gate.lost.share() <= gate.lost.limit &&
         gate.invented.share() <= gate.invented.limit &&
         std::all_of(gate.precision.begin(), gate.precision.end(), [](const GatePrecision& row) {
           return row.effective - row.exact >= -row.limit;
         });
}

Gate::Gate(GateRequest request)
    : request_(std::move(request)),
      pool_(std::make_shared<ThreadPool>(request_.threads > 0 ? request_.threads : usable_cpus())) {
  if (request_.clouds.empty()) {
    throw Error(ErrorCode::invalid_argument, request_.engine, "expected clouds to verify it on");
  }
  const std::shared_ptr<const Engine> engine = open_exact(request_.engine);
  const EngineContents contents = read_engine(request_.engine);
  key_ = contents.origin.key;
  options_.executor = pool_;
  options_.score_threshold = std::min(engine->model().post.score_threshold,
                                      static_cast<float>(kScoreShare * request_.limits.same.score));
  hashes_ = hash_gate_clouds(request_.clouds, contents.calibration ? contents.calibration->clouds
                                                                   : std::vector<std::string>());
  Detector exact(engine, options_);
  exact_ = ask(request_.clouds, request_.format, exact, request_.on_cloud);
}

GateReport Gate::judge() {
  EngineOptions as_built;
  as_built.tensorrt = request_.tensorrt;
  return judge(Engine::open(request_.engine, as_built));
}

GateReport Gate::judge(std::shared_ptr<const Engine> engine) {
  Detector detector(engine, options_);
  const Frames<LidarObject> effective = ask(request_.clouds, request_.format, detector);
  std::vector<std::vector<BoxFate>> frames;
  for (const auto& [name, boxes] : exact_) {
    frames.push_back(fates_of(boxes, effective.at(name), request_.limits.same));
  }
  GateReport report;
  report.precision = engine->precision();
  report.rows = rows_of(frames);
  EngineGate& gate = report.gate;
  gate.model = key_;
  gate.clouds = hash_of(hashes_);
  gate.frames = frames.size();
  gate.lost = share_of(frames, true, request_.limits.lost);
  gate.invented = share_of(frames, false, request_.limits.invented);
  if (!request_.labels.empty()) {
    gate.labels = hash_of_folder(request_.labels);
    gate.precision = precision_loss(exact_, effective, request_.labels, request_.calib,
                                    request_.limits.precision, *pool_);
  }
  colonnade::judge(gate);
  return report;
}

// Evenly over all of them.
std::vector<std::string> Gate::sample(std::size_t clouds) const {
  const std::size_t all = request_.clouds.size(), count = std::min(clouds, all);
  std::vector<std::string> files;
  for (std::size_t i = 0; i < count; ++i) files.push_back(request_.clouds[i * all / count]);
  return files;
}

double Gate::distance(std::shared_ptr<const Engine> engine, std::size_t clouds) {
  Detector detector(std::move(engine), options_);
  BoxDistance all;
  for (const auto& [name, boxes] : ask(sample(clouds), request_.format, detector)) {
    const BoxDistance frame = distance_of(exact_.at(name), boxes, request_.limits.same);
    all.squares += frame.squares;
    all.boxes += frame.boxes;
  }
  return all.boxes > 0 ? std::sqrt(all.squares / static_cast<double>(all.boxes)) : 0;
}

double Gate::time_ratio(std::shared_ptr<const Engine> engine, std::shared_ptr<const Engine> other,
                        std::size_t clouds) {
  std::vector<Cloud> read;
  for (const std::string& file : sample(clouds)) read.push_back(read_cloud(file, request_.format));
  Detector one(std::move(engine), options_), two(std::move(other), options_);
  Detections detections;
  const auto ms = [&](Detector& detector, const Cloud& cloud) {
    detector.detect(cloud.view(), detections);
    return detections.times_ms.rpn;
  };
  std::vector<double> ratios;
  for (int round = 0; round <= kRounds; ++round) {
    double first = 0, second = 0;
    for (const Cloud& cloud : read) first += ms(one, cloud), second += ms(two, cloud);
    if (round > 0) ratios.push_back(first / second);  // The first warms both up.
  }
  std::nth_element(ratios.begin(), ratios.begin() + kRounds / 2, ratios.end());
  return ratios[kRounds / 2];
}

void store_gate(const std::string& engine, const EngineGate& gate) {
  EngineContents contents = read_engine(engine);
  contents.gate = gate;
  write_file_durably(engine, encode(contents));
}

}  // namespace colonnade
