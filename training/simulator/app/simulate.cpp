// colonnade-simulate: labelled LiDAR frames out of a seed, as files or as a stream.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/error.hpp"
#include "simulator/app/run_program.hpp"
#include "simulator/folder.hpp"
#include "simulator/stream.hpp"

namespace colonnade::simulator {
namespace {

struct Options {
  std::string out, sensor = "hdl64e", view = "camera";
  bool stream = false, benchmark = false, pictures = false;
  std::uint64_t frames = 100, first = 0, seed = 0;
  int threads = 1;
  SceneDistribution scenes;
};

/// Simulates frames on all threads and hands them on in order.
class Source {
 public:
  explicit Source(const Options& options)
      : options_(options),
        sensor_(find_sensor(options.sensor)),
        view_(find_view(options.view)),
        pool_(options.threads > 0 ? options.threads : usable_cpus()) {}

  int threads() const noexcept { return pool_.threads(); }

  /// `work(index, frame)` runs on any thread, `in_order(result)` on this one, frame by frame.
  template <typename Work, typename InOrder>
  void run(Work work, InOrder in_order) {
    using Result = decltype(work(std::uint64_t{}, Frame{}));
    std::vector<Result> results(4 * static_cast<std::size_t>(pool_.threads()));
    for (std::uint64_t done = 0; done < options_.frames;) {
      const auto batch =
          static_cast<std::size_t>(std::min<std::uint64_t>(results.size(), options_.frames - done));
      pool_.for_each(batch, [&](std::size_t i, int) {
        const std::uint64_t index = options_.first + done + i;
        results[i] = work(
            index, simulate(sensor_, options_.scenes, view_, frame_seed(options_.seed, index)));
      });
      for (std::size_t i = 0; i < batch; ++i) in_order(results[i]);
      done += batch;
    }
  }

 private:
  const Options& options_;
  const SensorDescription& sensor_;
  View view_;
  ThreadPool pool_;
};

struct Totals {
  std::uint64_t points = 0, labels = 0;
};

int write_folder(const Options& options) {
  Source source(options);
  const FrameFolder folder(options.out, options.pictures);
  Totals totals;
  source.run(
      [&](std::uint64_t index, const Frame& frame) {
        folder.write(index, frame);
        return Totals{frame.points.size() / 4, frame.labels.size()};
      },
      [&](const Totals& t) { totals.points += t.points, totals.labels += t.labels; });
  folder.write_index(options.first, options.frames);
  fmt::print("{}: {} frames, {} points, {} labels\n", options.out, options.frames, totals.points,
             totals.labels);
  return 0;
}

int write_stream(const Options& options) {
  Source source(options);
  source.run([](std::uint64_t index, const Frame& frame) { return stream_record(index, frame); },
             [](const std::vector<std::byte>& record) {
               if (std::fwrite(record.data(), 1, record.size(), stdout) != record.size()) {
                 throw Error(ErrorCode::io, "standard output",
                             fmt::format("can't be written: {}", std::strerror(errno)));
               }
             });
  return 0;
}

int run_benchmark(const Options& options) {
  Source source(options);
  Totals totals;
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  source.run(
      [](std::uint64_t, const Frame& frame) {
        return Totals{frame.points.size() / 4, frame.labels.size()};
      },
      [&](const Totals& t) { totals.points += t.points, totals.labels += t.labels; });
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  const double frames = static_cast<double>(options.frames);
  // CPU time is what a core can do, whatever else runs on the machine.
  fmt::print("{} {}: {:.1f} frames/s on {} thread{}, {:.1f} a second of CPU time\n", options.sensor,
             options.view, frames / seconds, source.threads(), source.threads() == 1 ? "" : "s",
             frames / cpu);
  fmt::print("{:.0f} points and {:.1f} labels a frame\n",
             static_cast<double>(totals.points) / frames,
             static_cast<double>(totals.labels) / frames);
  return 0;
}

int run(const Options& options) {
  const int modes =
      (options.out.empty() ? 0 : 1) + (options.stream ? 1 : 0) + (options.benchmark ? 1 : 0);
  if (modes != 1) {
    throw Error(ErrorCode::invalid_argument, "colonnade-simulate",
                fmt::format("expected one of --out DIR, --stream and --benchmark, found {}",
                            modes == 0 ? "none" : "several"));
  }
  if (options.pictures && options.out.empty()) {
    throw Error(ErrorCode::invalid_argument, "colonnade-simulate",
                "--pictures are written into the folder of --out, which isn't given");
  }
  if (options.stream) return write_stream(options);
  return options.benchmark ? run_benchmark(options) : write_folder(options);
}

void add_options(CLI::App& app, Options& o) {
  const auto scale = CLI::Range(0.0, 10.0);
  app.add_option("--out", o.out, "Folder for files laid out as KITTI's");
  app.add_flag("--stream", o.stream, "Frames to standard output, for a trainer");
  app.add_flag("--benchmark", o.benchmark, "Frames to nowhere; says how fast");
  app.add_flag("--pictures", o.pictures, "With --out: a bird's-eye picture of each frame");
  app.add_option("--frames", o.frames, "How many")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000000000000}));
  app.add_option("--first", o.first, "Index of the first frame: a run can be cut into pieces")
      ->capture_default_str();
  app.add_option("--seed", o.seed, "Another seed, other frames")->capture_default_str();
  app.add_option("--sensor", o.sensor, "hdl64e, vlp32c, hdl32e, os1-128")->capture_default_str();
  app.add_option("--view", o.view,
                 "camera: what KITTI's camera sees; front: 92 degrees; full: the whole turn;\n"
                 "mixed: four in five camera, else front")
      ->capture_default_str();
  app.add_option("--threads", o.threads, "0: as many as there are")
      ->capture_default_str()
      ->check(CLI::Range(0, ThreadPool::kMaxThreads));
  app.add_option("--vehicles", o.scenes.vehicles, "Scales their number")
      ->capture_default_str()
      ->check(scale);
  app.add_option("--people", o.scenes.people, "Scales the number of pedestrians and cyclists")
      ->capture_default_str()
      ->check(scale);
  app.add_option("--surroundings", o.scenes.surroundings,
                 "Scales houses, plants and look-alikes; 0: none")
      ->capture_default_str()
      ->check(scale);
  app.add_option("--relief", o.scenes.relief, "Scales slopes and waves; 0: a flat world")
      ->capture_default_str()
      ->check(scale);
}

}  // namespace
}  // namespace colonnade::simulator

int main(int argc, char** argv) {
  using namespace colonnade::simulator;
  CLI::App app("Labelled LiDAR frames out of a seed: the same seed, the same frames.",
               "colonnade-simulate");
  Options options;
  add_options(app, options);
  return run_program(app, argc, argv, [&] { return run(options); });
}
