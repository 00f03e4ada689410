// A measurement in trtexec's words, for people and for the scripts that read its files.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "measure/loop.hpp"
#include "measure/profile.hpp"

namespace colonnade {

/// "Average on 10 runs - latency: 12.3 ms", a line for every so many runs that are complete.
std::string averages_text(std::span<const TimedRun> runs, std::size_t per_line);

/// Throughput, latency, wall time and the cores that were busy.
std::string summary_text(const Measured& measured, std::span<const double> percents);

/// How a fixed rate was kept: p99, late and dropped inputs, cores.
std::string deadlines_text(const Measured& measured, double hz);

/// GFLOP/s at most, by a layer's precision ("fp32"); what isn't in it isn't known.
using Peaks = std::map<std::string, double>;

/// A table of layers, the slowest part in the first column; shares of the mean latency, and of the
/// peak of a layer's precision.
std::string profile_text(const Profile& profile, const Measured& measured, const Peaks& peaks);

/// The contents of trtexec's --exportTimes, --exportProfile and --exportLayerInfo. A CPU copies
/// nothing to a device and back: those times are 0, for the scripts that add them up.
std::string times_json(std::span<const TimedRun> runs);
std::string profile_json(const Profile& profile);
std::string layers_json(const Profile& profile, std::span<const std::string> bindings);

}  // namespace colonnade
