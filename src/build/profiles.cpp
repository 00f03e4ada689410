#include "build/profiles.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

/// What a LiDAR of 16 to 128 rings fills, as the field's deployments of dynamic PFNs set it.
constexpr std::int64_t kMinPillars = 120, kOptPillars = 6000, kMaxPillars = 12000;

[[noreturn]] void refuse(const std::string& input, const std::string& message) {
  throw Error(ErrorCode::invalid_argument, fmt::format("input '{}'", input), message);
}

std::string declared(const Value& input) {
  return input.shape ? input.shape->to_string() : "of any rank";
}

Shape to_shape(const ShapeProfile& profile, const std::vector<std::int64_t>& dims) {
  if (dims.size() > kMaxRank) {
    refuse(profile.input, fmt::format("found a shape of {} dimensions, expected at most {}",
                                      dims.size(), kMaxRank));
  }
  return Shape(std::span<const std::int64_t>(dims));
}

InputProfile completed(const ShapeProfile& given) {
  const auto first = [](const auto& a, const auto& b) { return a.empty() ? b : a; };
  const auto opt = first(given.opt, first(given.max, given.min));
  return {given.input, to_shape(given, first(given.min, opt)), to_shape(given, opt),
          to_shape(given, first(given.max, opt))};
}

void check(const InputProfile& profile, const Value& input) {
  const auto check_rank = [&](const Shape& shape, std::size_t rank) {
    if (shape.rank() == rank) return;
    refuse(profile.name, fmt::format("the shape {} has {} dimensions, expected {}: the graph's is "
                                     "{}",
                                     shape.to_string(), shape.rank(), rank, declared(input)));
  };
  const std::size_t rank = input.shape ? input.shape->rank() : profile.opt.rank();
  for (const Shape* shape : {&profile.min, &profile.opt, &profile.max}) check_rank(*shape, rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t min = profile.min[axis], opt = profile.opt[axis], max = profile.max[axis];
    if (min < 1 || min > opt || opt > max) {
      refuse(profile.name, fmt::format("dimension {} has min {}, opt {}, max {}; expected 1 <= min "
                                       "<= opt <= max",
                                       axis, min, opt, max));
    }
    const std::int64_t fixed = input.shape ? (*input.shape)[axis] : kUnknownDim;
    if (fixed != kUnknownDim && (min != fixed || max != fixed)) {
      refuse(profile.name,
             fmt::format("dimension {} is {} in the graph ({}); the profile has {} to {}", axis,
                         fixed, declared(input), min, max));
    }
  }
}

InputProfile pillar_profile(const Value& input) {
  InputProfile profile{input.name, *input.shape, *input.shape, *input.shape};
  const auto at = static_cast<std::size_t>(
      std::find(input.shape->begin(), input.shape->end(), kUnknownDim) - input.shape->begin());
  profile.min[at] = kMinPillars;
  profile.opt[at] = kOptPillars;
  profile.max[at] = kMaxPillars;
  return profile;
}

bool has_one_dynamic_dimension(const Value& input) {
  return input.shape && std::count(input.shape->begin(), input.shape->end(), kUnknownDim) == 1;
}

/// In the profile of that `number`.
InputProfile profile_of(const Value& input, std::size_t number, const BuildOptions& options) {
  for (const ShapeProfile& given : options.profiles) {
    if (given.input != input.name || given.profile != number) continue;
    InputProfile profile = completed(given);
    check(profile, input);
    return profile;
  }
  if (input.shape && input.shape->is_static()) {
    return {input.name, *input.shape, *input.shape, *input.shape};
  }
  if (!options.dynamic_pillars) {
    refuse(input.name,
           fmt::format("its shape {} is dynamic; give --minShapes, --optShapes and "
                       "--maxShapes for it{}, or --dynamicPillars",
                       declared(input), number > 0 ? fmt::format(" in profile {}", number) : ""));
  }
  if (!has_one_dynamic_dimension(input)) {
    refuse(input.name, fmt::format("--dynamicPillars needs one dynamic dimension, its shape is {}; "
                                   "give --minShapes, --optShapes and --maxShapes for it",
                                   declared(input)));
  }
  return pillar_profile(input);
}

/// One where none is given: of static inputs, or of pillars.
std::size_t count_profiles(const BuildOptions& options) {
  std::set<std::size_t> numbers;
  for (const ShapeProfile& given : options.profiles) numbers.insert(given.profile);
  if (numbers.empty()) return 1;
  if (*numbers.rbegin() == numbers.size() - 1) return numbers.size();
  std::size_t missing = 0;
  while (numbers.count(missing) != 0) ++missing;
  throw Error(ErrorCode::invalid_argument, fmt::format("profile {}", *numbers.rbegin()),
              fmt::format("profiles are numbered from 0, and no shapes are given for {}", missing));
}

}  // namespace

std::vector<OptimizationProfile> resolve_profiles(const Graph& graph, const BuildOptions& options) {
  std::string names;
  bool any_dynamic = false;
  for (const ValueId id : graph.inputs) {
    const Value& input = graph.values[id];
    names += fmt::format("{}'{}' {}", names.empty() ? "" : ", ", input.name, declared(input));
    any_dynamic = any_dynamic || !input.shape || !input.shape->is_static();
  }
  for (const ShapeProfile& given : options.profiles) {
    if (graph.find_input(given.input) == kNoValue) {
      refuse(given.input, "the graph has no such input; it has " + names);
    }
  }
  if (options.dynamic_pillars && !any_dynamic) {
    throw Error(ErrorCode::invalid_argument,
                "--dynamicPillars: the graph has no dynamic dimension: " + names);
  }
  std::vector<OptimizationProfile> profiles(count_profiles(options));
  for (std::size_t number = 0; number < profiles.size(); ++number) {
    for (const ValueId id : graph.inputs)
      profiles[number].inputs.push_back(profile_of(graph.values[id], number, options));
  }
  return profiles;
}

}  // namespace colonnade
