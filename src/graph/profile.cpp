#include "graph/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

using Numbers = std::vector<std::size_t>;

bool takes(const InputProfile& input, const Shape& shape, std::size_t axis) {
  return shape[axis] >= input.min[axis] && shape[axis] <= input.max[axis];
}

bool takes(const InputProfile& input, const Shape& shape) {
  if (shape.rank() != input.min.rank()) return false;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (!takes(input, shape, axis)) return false;
  }
  return true;
}

bool takes(const OptimizationProfile& profile, std::span<const Shape> shapes) {
  return std::equal(
      shapes.begin(), shapes.end(), profile.inputs.begin(), profile.inputs.end(),
      [](const Shape& shape, const InputProfile& input) { return takes(input, shape); });
}

/// Elements of the largest shapes; they may be more than 64 bits count.
double largest(const OptimizationProfile& profile) {
  double elements = 0;
  for (const InputProfile& input : profile.inputs) {
    elements += std::accumulate(input.max.begin(), input.max.end(), 1.0, std::multiplies<double>());
  }
  return elements;
}

/// The profiles that may be chosen.
Numbers candidates(std::span<const OptimizationProfile> profiles,
                   std::optional<std::size_t> asked) {
  check_profile(profiles, asked);
  if (asked) return {*asked};
  Numbers all(profiles.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// "120 to 500", or of several profiles "120 to 500 (profile 0) or 500 to 12000 (profile 1)".
template <typename F>
std::string ranges(const Numbers& numbers, F&& range) {
  if (numbers.size() == 1) return range(numbers[0]);
  std::string text;
  for (const std::size_t p : numbers) {
    text += fmt::format("{}{} (profile {})", text.empty() ? "" : " or ", range(p), p);
  }
  return text;
}

/// In words that fit one profile and several.
std::string profiles_allow(const Numbers& numbers, std::optional<std::size_t> asked) {
  if (asked) return fmt::format("profile {} allows", *asked);
  return numbers.size() == 1 ? "the engine's profile allows" : "the engine's profiles allow";
}

}  // namespace

void check_profile(std::span<const OptimizationProfile> profiles,
                   std::optional<std::size_t> asked) {
  if (!asked || *asked < profiles.size()) return;
  throw Error(ErrorCode::invalid_argument, fmt::format("profile {}", *asked),
              profiles.empty()
                  ? "there's none: the graph runs on any shapes"
                  : fmt::format("the engine has {}, numbered from 0", profiles.size()));
}

void check_shape(std::span<const OptimizationProfile> profiles, std::size_t input,
                 const Shape& shape, std::optional<std::size_t> asked) {
  const Numbers numbers = candidates(profiles, asked);
  const auto of = [&](std::size_t p) -> const InputProfile& { return profiles[p].inputs[input]; };
  if (numbers.empty() || input >= profiles[numbers[0]].inputs.size()) return;
  const auto any = [&](auto&& allows) {
    return std::any_of(numbers.begin(), numbers.end(),
                       [&](std::size_t p) { return allows(of(p)); });
  };
  if (any([&](const InputProfile& one) { return takes(one, shape); })) return;
  const auto refuse = [&](const std::string& message) {
    throw Error(ErrorCode::mismatch, fmt::format("input '{}'", of(numbers[0]).name), message);
  };
  const std::size_t rank = of(numbers[0]).min.rank();  // Of all, as the graph has it.
  if (shape.rank() != rank) {
    refuse(fmt::format("it has {} dimensions, the engine was built for {}", shape.rank(), rank));
  }
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (any([&](const InputProfile& one) { return takes(one, shape, axis); })) continue;
    refuse(fmt::format("dimension {} is {}, {} {}", axis, shape[axis],
                       profiles_allow(numbers, asked), ranges(numbers, [&](std::size_t p) {
                         return fmt::format("{} to {}", of(p).min[axis], of(p).max[axis]);
                       })));
  }
  refuse(fmt::format("its shape is {}, {} {}", shape.to_string(), profiles_allow(numbers, asked),
                     ranges(numbers, [&](std::size_t p) {
                       return fmt::format("{} to {}", of(p).min.to_string(), of(p).max.to_string());
                     })));
}

std::size_t choose_profile(std::span<const OptimizationProfile> profiles,
                           std::span<const Shape> shapes, std::optional<std::size_t> asked) {
  const Numbers numbers = candidates(profiles, asked);
  if (numbers.empty()) return 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) check_shape(profiles, i, shapes[i], asked);
  std::optional<std::size_t> tightest;
  for (const std::size_t p : numbers) {
    if (!takes(profiles[p], shapes)) continue;
    if (!tightest || largest(profiles[p]) < largest(profiles[*tightest])) tightest = p;
  }
  if (tightest) return *tightest;
  std::string found;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    Numbers takers;
    for (const std::size_t p : numbers) {
      if (takes(profiles[p].inputs[i], shapes[i])) takers.push_back(p);
    }
    found += fmt::format("{}'{}' {} by {}", i == 0 ? "" : ", ", profiles[0].inputs[i].name,
                         shapes[i].to_string(), fmt::join(takers, " and "));
  }
  throw Error(ErrorCode::mismatch,
              "none of the engine's profiles takes the inputs' shapes together, only " + found);
}

std::string profile_note(std::span<const OptimizationProfile> profiles,
                         const std::set<std::size_t>& chosen) {
  if (profiles.size() < 2) return {};
  return fmt::format(", profile{} {} of {}", chosen.size() == 1 ? "" : "s",
                     fmt::join(chosen, " and "), profiles.size());
}

}  // namespace colonnade
