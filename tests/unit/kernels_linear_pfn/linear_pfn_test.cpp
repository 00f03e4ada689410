// A linear PFN without its features against the features themselves: written out, multiplied, and
// the largest taken over all slots.
#include "kernels/linear_pfn/linear_pfn.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kFeatures = 11;  ///< x y z i dt, less mean x y z, less centre x y z.
constexpr std::int64_t kSlots = 9;

struct Case {
  std::int64_t channels = 0, points = 1;
  bool relu = true, free_slots_count = true;
};

/// Weights of the features, and the pillar.
struct Question {
  explicit Question(const Case& c, std::uint64_t seed) : layer{}, weights(kFeatures) {
    Random random(seed);
    const auto channels = static_cast<std::size_t>(c.channels);
    for (auto& of_feature : weights) {
      for (std::size_t i = 0; i < channels; ++i) of_feature.push_back(random.uniform(-1, 1));
    }
    for (std::size_t i = 0; i < channels; ++i) {
      layer.bias.push_back(static_cast<float>(random.uniform(-1, 1)));
      layer.free_slot.push_back(static_cast<float>(random.uniform(-1, 1)));
    }
    pillar.centre = {40.0f, -30.0f, -1.0f};
    for (std::int64_t k = 0; k < c.points; ++k) {
      for (const double from : {40.0, -30.0, -1.0}) {
        points.push_back(static_cast<float>(from + random.uniform(-1, 1)));
      }
      for (int i = 0; i < 2; ++i) points.push_back(static_cast<float>(random.uniform()));
    }
    pillar.points = points.data();
    pillar.count = c.points;
    pillar.has_free_slots = c.points < kSlots;

    layer.channels = c.channels;
    layer.relu = c.relu;
    layer.free_slots_count = c.free_slots_count;
    layer.point.resize(LinearPfn::kScalars * channels);
    layer.shared.resize(LinearPfn::kShared * channels);
    for (std::size_t i = 0; i < channels; ++i) {
      for (std::size_t s = 0; s < 5; ++s) {
        double sum = weights[s][i];
        if (s < 3) sum += weights[5 + s][i] + weights[8 + s][i];
        layer.point[s * channels + i] = static_cast<float>(sum);
      }
      for (std::size_t s = 0; s < 3; ++s) {
        layer.shared[s * channels + i] = static_cast<float>(weights[s][i]);
        layer.shared[(3 + s) * channels + i] = static_cast<float>(-weights[5 + s][i]);
      }
    }
  }

  std::vector<double> features(std::int64_t k) const {
    const float* point = points.data() + k * LinearPfn::kScalars;
    std::vector<double> row(point, point + LinearPfn::kScalars);
    for (std::size_t i = 0; i < 3; ++i) {
      double mean = 0;
      for (std::int64_t j = 0; j < pillar.count; ++j) {
        mean += points[static_cast<std::size_t>(j * LinearPfn::kScalars) + i];
      }
      row.push_back(static_cast<double>(point[i]) - mean / static_cast<double>(pillar.count));
    }
    for (std::size_t i = 0; i < 3; ++i) {
      row.push_back(static_cast<double>(point[i]) - static_cast<double>(pillar.centre[i]));
    }
    return row;
  }

  double expected(std::size_t channel) const {
    const double free_slot = layer.free_slot[channel];
    double most = layer.free_slots_count && pillar.has_free_slots ? free_slot : -1e30;
    for (std::int64_t k = 0; k < pillar.count; ++k) most = std::max(most, point_value(k, channel));
    return layer.relu ? std::max(most, 0.0) : most;
  }

  double point_value(std::int64_t k, std::size_t channel) const {
    double value = layer.bias[channel];
    const std::vector<double> row = features(k);
    for (std::size_t f = 0; f < kFeatures; ++f) value += row[f] * weights[f][channel];
    return layer.relu ? std::max(value, 0.0) : value;
  }

  LinearPfn layer;
  std::vector<std::vector<double>> weights;  ///< [feature][channel]
  std::vector<float> points;
  PillarPoints pillar;
};

// SmallMunich's end: the layer of every third slot, points or free, times the slot's own weights.
struct SumQuestion : Question {
  SumQuestion(const Case& c, std::int64_t outputs, std::uint64_t seed) : Question(c, seed) {
    Random random(seed + 1);
    SlotSum sum;
    sum.step = 3;
    sum.taps = kSlots / 3;
    sum.outputs = outputs;
    for (std::int64_t i = 0; i < sum.taps * c.channels * outputs; ++i) {
      sum.weights.push_back(static_cast<float>(random.uniform(-1, 1) / 8));
    }
    sum.rest.resize(static_cast<std::size_t>((sum.taps + 1) * outputs));
    for (std::int64_t o = 0; o < outputs; ++o) {
      double value = random.uniform(-1, 1);
      bias.push_back(value);
      for (std::int64_t t = sum.taps; t >= 0; --t) {
        if (t < sum.taps) value += tap(sum, t, o, [&](std::size_t i) { return free_slot(i); });
        sum.rest[static_cast<std::size_t>(t * outputs + o)] = static_cast<float>(value);
      }
    }
    layer.sum = sum;
  }

  double free_slot(std::size_t channel) const {
    return layer.relu ? std::max(layer.free_slot[channel], 0.0f) : layer.free_slot[channel];
  }
  template <typename F>
  double tap(const SlotSum& sum, std::int64_t t, std::int64_t o, F&& value) const {
    double total = 0;
    for (std::int64_t i = 0; i < layer.channels; ++i) {
      const auto at = static_cast<std::size_t>((t * layer.channels + i) * sum.outputs + o);
      total += value(static_cast<std::size_t>(i)) * sum.weights[at];
    }
    return total;
  }
  double expected(std::size_t o) const {
    double value = bias[o];
    for (std::int64_t t = 0; t < layer.sum->taps; ++t) {
      const std::int64_t k = t * layer.sum->step;
      value += tap(*layer.sum, t, static_cast<std::int64_t>(o), [&](std::size_t i) {
        return k < pillar.count ? point_value(k, i) : free_slot(i);
      });
    }
    return value;
  }

  std::vector<double> bias;
};

void expect_right_sum(const Case& c, LinearPfnKernel kernel) {
  for (const std::int64_t outputs : {1, 17, 64}) {
    const SumQuestion question(c, outputs, static_cast<std::uint64_t>(c.channels + c.points));
    std::vector<float> found(static_cast<std::size_t>(outputs) + 1, -7.0f);
    kernel(question.layer, question.pillar, found.data());
    EXPECT_EQ(found.back(), -7.0f) << "written beyond the last output";
    for (std::size_t i = 0; i + 1 < found.size(); ++i) {
      ASSERT_NEAR(found[i], question.expected(i), 4e-4) << "output " << i << " of " << outputs;
    }
  }
}

void expect_right(const Case& c, LinearPfnKernel kernel) {
  const Question question(c, static_cast<std::uint64_t>(c.channels * 100 + c.points));
  std::vector<float> found(static_cast<std::size_t>(c.channels) + 1, -7.0f);
  kernel(question.layer, question.pillar, found.data());
  EXPECT_EQ(found.back(), -7.0f) << "written beyond the last channel";
  for (std::size_t i = 0; i + 1 < found.size(); ++i) {
    ASSERT_NEAR(found[i], question.expected(i), 4e-5) << "channel " << i;
  }
}

template <typename F>
void for_each_case(F&& f) {
  for (const std::int64_t channels : {1, 3, 16, 31, 64, 100, 128}) {
    for (const std::int64_t points : {std::int64_t{1}, std::int64_t{2}, kSlots - 1, kSlots}) {
      for (const bool relu : {true, false}) {
        for (const bool count : {true, false}) {
          SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(points) +
                       " points" + (relu ? ", relu" : "") + (count ? ", free slots count" : ""));
          f(Case{channels, points, relu, count});
        }
      }
    }
  }
}

TEST(LinearPfn, ReferenceIsTheFeaturesTimesTheirWeights) {
  for_each_case([](const Case& c) {
    expect_right(c, &linear_pfn_reference);
    expect_right_sum(c, &linear_pfn_reference);
  });
}

TEST(LinearPfn, EveryInstructionSetAgrees) {
  for (const Isa isa : usable_isas()) {
    SCOPED_TRACE(isa_name(isa));
    for_each_case([&](const Case& c) {
      expect_right(c, linear_pfn_kernel(isa));
      expect_right_sum(c, linear_pfn_kernel(isa));
    });
  }
}

}  // namespace
}  // namespace colonnade
