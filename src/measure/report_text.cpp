#include <fmt/format.h>

#include <algorithm>

#include "measure/report.hpp"

namespace colonnade {
namespace {

std::vector<double> latencies(std::span<const TimedRun> runs) {
  std::vector<double> ms;
  for (const TimedRun& run : runs) ms.push_back(run.latency());
  return ms;
}

/// "90", "99.9"
std::string percent_text(double percent) {
  return fmt::format("{:g}", percent);
}

/// "12.3": four digits, whatever their size.
std::string digits(double value) {
  return fmt::format("{:.{}f}", value, value >= 100 ? 1 : value >= 10 ? 2 : value >= 1 ? 3 : 4);
}

std::string ms_text(double ms) {
  return digits(ms) + " ms";
}

double cores_used(const Measured& measured) {
  return measured.wall_ms > 0 ? measured.cpu_ms / measured.wall_ms : 0;
}

}  // namespace

std::string averages_text(std::span<const TimedRun> runs, std::size_t per_line) {
  std::string text;
  for (std::size_t first = 0; first + per_line <= runs.size(); first += per_line) {
    double sum = 0;
    for (const TimedRun& run : runs.subspan(first, per_line)) sum += run.latency();
    text += fmt::format("Average on {} runs - latency: {}\n", per_line,
                        ms_text(sum / static_cast<double>(per_line)));
  }
  return text;
}

std::string summary_text(const Measured& measured, std::span<const double> percents) {
  const Latency latency = summarize(latencies(measured.runs), percents);
  std::string text = "=== Performance summary ===\n";
  text += fmt::format("Throughput: {} qps\n",
                      digits(static_cast<double>(measured.runs.size()) * 1e3 / measured.wall_ms));
  text += fmt::format("Latency: min = {}, max = {}, mean = {}, median = {}", ms_text(latency.min),
                      ms_text(latency.max), ms_text(latency.mean), ms_text(latency.median));
  for (std::size_t i = 0; i < percents.size(); ++i) {
    text += fmt::format(", percentile({}%) = {}", percent_text(percents[i]),
                        ms_text(latency.percentiles[i]));
  }
  text += "\nEnqueue Time: none apart: the call computes, and returns when it's done\n";
  text += fmt::format("Total Host Walltime: {:.2f} s, {} runs{}\n", measured.wall_ms / 1e3,
                      measured.runs.size(), measured.interrupted ? ", ended by an interrupt" : "");
  text += fmt::format("Cores used: {:.2f}\n", cores_used(measured));
  return text;
}

std::string deadlines_text(const Measured& measured, double hz) {
  const auto late = static_cast<std::int64_t>(
      std::count_if(measured.runs.begin(), measured.runs.end(),
                    [&](const TimedRun& run) { return run.latency() > 1e3 / hz; }));
  const auto inputs = static_cast<std::int64_t>(measured.runs.size()) + measured.dropped;
  const double percents[] = {99};
  const Latency latency = summarize(latencies(measured.runs), percents);
  return fmt::format(
      "At {:g} Hz: {} of {} deadlines of {} missed ({} late, {} dropped for a newer one), "
      "p99 = {} from a sweep's arrival, {:.2f} cores used\n",
      hz, late + measured.dropped, inputs, ms_text(1e3 / hz), late, measured.dropped,
      ms_text(latency.percentiles[0]), cores_used(measured));
}

std::string profile_text(const Profile& profile, const Measured& measured, const Peaks& peaks) {
  double latency = 0;
  std::size_t runs = 0;
  for (const TimedRun& run : measured.runs) {
    if (run.lane != 0) continue;
    latency += run.end - run.start;
    ++runs;
  }
  std::string text = fmt::format("=== Profile ({} runs{}) ===\n", profile.runs(),
                                 runs < measured.runs.size() ? ", of the first stream" : "");
  text += fmt::format("{:>9} {:>9} {:>6} {:>6} {:>7} {:>9} {:>6}  {:<11} {}\n", "mean ms",
                      "median ms", "share", "prec.", "GFLOP", "GFLOP/s", "peak", "kind", "layer");
  const auto count = static_cast<double>(std::max<std::int64_t>(profile.runs(), 1));
  double all = 0, all_flop = 0;
  const auto row = [&](double ms, const std::string& median, const std::string& precision,
                       double flop, const std::string& kind, const std::string& name) {
    const double speed = ms > 0 ? flop / count / ms * 1e-6 : 0;
    const auto peak = peaks.find(precision);
    text += fmt::format(
        "{:>9.3f} {:>9} {:>5.1f}% {:>6} {:>7} {:>9} {:>6}  {:<11} {}\n", ms, median,
        latency > 0 ? 100 * ms * count / latency : 0, precision.empty() ? "-" : precision,
        flop > 0 ? fmt::format("{:.3f}", flop / count * 1e-9) : "-",
        flop > 0 ? fmt::format("{:.1f}", speed) : "-",
        flop > 0 && peak != peaks.end() ? fmt::format("{:.0f}%", 100 * speed / peak->second) : "-",
        kind, name);
  };
  for (const LayerProfile& layer : profile.layers()) {
    const Latency ms = summarize(layer.ms, {});
    all += ms.mean;
    all_flop += layer.flop;
    row(ms.mean, fmt::format("{:.3f}", ms.median), layer.precision, layer.flop, layer.kind,
        layer.name);
  }
  row(latency / count - all, "-", "", 0, "", "(between layers)");
  row(latency / count, "-", "", all_flop, "", "(all)");
  std::string known;
  for (const auto& [precision, peak] : peaks) {
    known += fmt::format("{}{} {:.1f}", known.empty() ? "" : ", ", precision, peak);
  }
  text += known.empty() ? std::string("peak: not known of these instructions\n")
                        : fmt::format(
                              "peak: {} GFLOP/s by all threads at once, measured after the "
                              "runs\n",
                              known);
  return text;
}

}  // namespace colonnade
