// soak MODEL.yaml [--frames N] ...: a detector that runs for days, in less. Frames of changing
// size, revisited in a random order, go through one detector; equal frames must give equal boxes,
// no stage may allocate after the largest frame, memory may not grow after every frame has been
// seen once.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "allocations/allocations.hpp"
#include "colonnade/detector.hpp"
#include "frames.hpp"
#include "report/stat_fields.hpp"

namespace colonnade::testing {
namespace {

struct Options {
  std::string model;
  std::size_t frames = 1000, distinct = 64, most = 30000;
  std::uint64_t seed = 1;
  int threads = 0;
};

/// Allocations of each stage, by its place in kTimeFields.
class StageAllocations {
 public:
  /// From here on what is allocated is `stage`'s.
  void begin(std::string_view stage) noexcept {
    close();
    for (std::size_t i = 0; i < kTimeFields.size(); ++i) {
      if (stage == kTimeFields[i].name) current_ = i;
    }
  }
  void close() noexcept {
    const std::size_t now = allocation_count();
    if (current_ < counts_.size()) counts_[current_] += now - before_;
    current_ = counts_.size();
    before_ = now;
  }
  void reset() noexcept { counts_ = {}; }

  std::size_t total() const noexcept {
    std::size_t sum = 0;
    for (const std::size_t count : counts_) sum += count;
    return sum;
  }
  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i + 1 < counts_.size(); ++i) {  // The last row is the whole frame.
      text += fmt::format("{}{} {}", i > 0 ? ", " : "", kTimeFields[i].name, counts_[i]);
    }
    return text;
  }

 private:
  std::array<std::size_t, kTimeFields.size()> counts_{};
  std::size_t current_ = kTimeFields.size();
  std::size_t before_ = 0;
};

/// Bytes of this process that are in memory.
std::size_t resident_bytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) throw std::runtime_error("/proc/self/statm can't be read");
  unsigned long size = 0, resident = 0;
  const int found = std::fscanf(file, "%lu %lu", &size, &resident);
  std::fclose(file);
  if (found != 2) throw std::runtime_error("/proc/self/statm isn't as expected");
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool equal(const Detections& a, const Detections& b) {
  static_assert(std::is_trivially_copyable_v<Box> && sizeof(Box) == 12 * 4, "no padding");
  return a.boxes.size() == b.boxes.size() &&
         (a.boxes.empty() ||
          std::memcmp(a.boxes.data(), b.boxes.data(), a.boxes.size() * sizeof(Box)) == 0) &&
         std::memcmp(&a.stats, &b.stats, sizeof(FrameStats)) == 0;
}

struct Memory {
  std::size_t first = 0, last = 0, most = 0;
  void sample() {
    last = resident_bytes();
    if (first == 0) first = last;
    most = std::max(most, last);
  }
};

double mib(std::size_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

int soak(const Options& options) {
  StageAllocations allocations;
  DetectorOptions detector_options;
  detector_options.threads = options.threads;
  detector_options.on_stage = [&allocations](std::string_view stage) { allocations.begin(stage); };
  Detector detector = Detector::open(options.model, detector_options);
  const std::vector<SoakFrame> frames =
      soak_frames(detector.engine().model().grid, options.distinct, options.most, options.seed);
  fmt::print("{} ({}), {} threads, model {}; {} different frames of 0 to {} points\n",
             detector.engine().backend(), detector.isa(), detector.threads(),
             detector.engine().model().name, frames.size(), options.most);

  std::vector<Detections> expected(frames.size());
  Detections found;
  const auto run = [&](std::size_t i) {
    const SoakFrame& frame = frames[i];
    detector.detect(view_xyzi(frame.xyzi.data(), frame.points()), found);
    allocations.close();
  };
  std::size_t boxes = 0, differing = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    run(i);
    if (i == 0) allocations.reset();  // The largest frame warms up.
    expected[i] = found;
    boxes += found.boxes.size();
  }
  fmt::print("boxes of the different frames: {}\n", boxes);
  std::fflush(stdout);

  Memory memory;
  memory.sample();
  Random random(options.seed + 1);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  for (std::size_t n = 1; n <= options.frames; ++n) {
    const std::size_t i = random.bits() % frames.size();
    run(i);
    if (!equal(found, expected[i]) && ++differing == 1) {
      fmt::print("revisit {}: frame {} of {} points gives {} boxes; at first it gave {}\n", n, i,
                 frames[i].points(), found.boxes.size(), expected[i].boxes.size());
    }
    if (n % std::max<std::size_t>(options.frames / 10, 1) == 0 || n == options.frames) {
      memory.sample();
      fmt::print("{:>8} revisits, {:.1f} s, resident {:.2f} MiB\n", n, seconds(), mib(memory.last));
      std::fflush(stdout);
    }
  }

  // Pages are the kernel's to move: what would leak would grow without an end.
  const std::size_t tolerance = std::size_t{1} << 20;
  const bool grew = memory.most > memory.first + tolerance;
  fmt::print("results: {} of {} revisits differ from the first visit\n", differing, options.frames);
  if (allocations_are_counted()) {
    fmt::print("allocations after the largest frame: {}\n", allocations.text());
  } else {
    fmt::print("allocations: not counted, this C library's allocator can't be\n");
  }
  fmt::print("resident memory: first {:.2f}, last {:.2f}, most {:.2f} MiB{}\n", mib(memory.first),
             mib(memory.last), mib(memory.most), grew ? ": it grows" : "");
  if (boxes == 0) fmt::print("no frame has a box: equal results say nothing\n");
  const bool fine = differing == 0 && allocations.total() == 0 && !grew && boxes > 0;
  fmt::print("{}\n", fine ? "fine" : "FAILED");
  return fine ? 0 : 1;
}

}  // namespace
}  // namespace colonnade::testing

int main(int argc, char** argv) {
  colonnade::testing::Options options;
  CLI::App app("Runs frames of changing size through one detector and checks that nothing grows.");
  app.add_option("MODEL", options.model, "A model.yaml")->required();
  app.add_option("--frames", options.frames, "Revisits of the different frames")
      ->capture_default_str();
  app.add_option("--distinct", options.distinct, "Different frames")
      ->check(CLI::Range(3, 10000))
      ->capture_default_str();
  app.add_option("--points", options.most, "Points of the largest frame")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Of frames and order")->capture_default_str();
  app.add_option("--threads", options.threads, "0: as many as the process may use");
  CLI11_PARSE(app, argc, argv);
  try {
    return colonnade::testing::soak(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "soak: {}\n", error.what());
    return 2;
  }
}
