// Random networks of the kind that a detector's backbone is, and random sweeps for them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "graphs.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::int64_t from(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool chance(int percent) { return from(1, 100) <= percent; }

  /// Each cell with this chance; in an order of its own.
  Sweep sweep(const Shape& image, int percent) {
    Sweep sweep;
    sweep.image = image;
    for (std::int64_t y = 0; y < image[2]; ++y) {
      for (std::int64_t x = 0; x < image[3]; ++x) {
        if (!chance(percent)) continue;
        sweep.cells.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
      }
    }
    std::shuffle(sweep.cells.begin(), sweep.cells.end(), engine_);
    std::uniform_real_distribution<float> value(-1, 1);
    for (std::size_t i = 0; i < sweep.cells.size() * static_cast<std::size_t>(image[1]); ++i) {
      sweep.features.push_back(value(engine_));
    }
    return sweep;
  }

 private:
  std::mt19937 engine_;
};

/// A value of the graph under construction.
struct Map {
  ValueId value = kNoValue;
  std::int64_t channels = 0, height = 0, width = 0;
};

/// Backbones of random layers on one image: convolutions of any window, transposed ones, sums of
/// scales, heads; now and then an operator that needs the whole map.
class Backbone {
 public:
  explicit Backbone(unsigned seed) : graph_(seed), random_(seed) {
    image_ = {1, random_.from(1, 6), random_.from(1, 24), random_.from(1, 24)};
    Map map{graph_.input(image_), image_[1], image_[2], image_[3]};
    std::vector<Map> scales;
    for (std::int64_t blocks = random_.from(1, 3); blocks > 0; --blocks) {
      for (std::int64_t layers = random_.from(1, 3); layers > 0; --layers) map = layer(map);
      scales.push_back(map);
    }
    for (Map& scale : scales) {
      if (random_.chance(50)) scale = transposed(scale);
    }
    const Map joined = join(scales);
    for (std::int64_t heads = random_.from(1, 2); heads > 0; --heads) head(joined);
    if (random_.chance(20)) head(scales.front());
    if (random_.chance(15)) {  // Reads the image where the others see but its pillars.
      graph_.output(graph_.add(op::GlobalPool{true}, {graph_.graph.inputs.front()}));
    }
  }

  GraphBuilder& graph() { return graph_; }
  const Shape& image() const { return image_; }
  Random& random() { return random_; }

 private:
  static std::int64_t outputs(std::int64_t size, std::int64_t begin, std::int64_t end,
                              std::int64_t kernel, std::int64_t dilation, std::int64_t stride) {
    return (size + begin + end - (kernel - 1) * dilation - 1) / stride + 1;
  }

  Map layer(const Map& from) {
    op::Window window;
    Map to;
    const std::int64_t kh = random_.from(1, 3), kw = random_.from(1, 3);
    do {
      window.strides = {random_.from(1, 3), random_.from(1, 2)};
      window.dilations = {random_.from(1, 2), random_.from(1, 2)};
      window.pads = {random_.from(0, 2), random_.from(0, 2), random_.from(0, 2),
                     random_.from(0, 2)};
      const bool fits =
          from.height + window.pads[0] + window.pads[2] > (kh - 1) * window.dilations[0] &&
          from.width + window.pads[1] + window.pads[3] > (kw - 1) * window.dilations[1];
      if (!fits) continue;
      to.height = outputs(from.height, window.pads[0], window.pads[2], kh, window.dilations[0],
                          window.strides[0]);
      to.width = outputs(from.width, window.pads[1], window.pads[3], kw, window.dilations[1],
                         window.strides[1]);
    } while (to.height < 1 || to.width < 1);
    const std::int64_t group = from.channels % 2 == 0 && random_.chance(25) ? 2 : 1;
    to.channels = group * random_.from(1, 5);
    to.value = graph_.conv(from.value, {to.channels, from.channels / group, kh, kw}, window, group);
    if (random_.chance(30)) to.value = graph_.batch_norm(to.value, to.channels);
    if (random_.chance(70)) to.value = graph_.relu(to.value);
    if (random_.chance(5)) to.value = graph_.sigmoid(to.value);
    return to;
  }

  Map transposed(const Map& from) {
    op::Window window;
    const std::int64_t sh = random_.from(1, 3), sw = random_.from(1, 3);
    const std::int64_t kh = sh + random_.from(0, 1), kw = sw + random_.from(0, 1);
    window.strides = {sh, sw};
    Map to{kNoValue, random_.from(1, 5), (from.height - 1) * sh + kh, (from.width - 1) * sw + kw};
    to.value = graph_.relu(
        graph_.conv_transpose(from.value, {from.channels, to.channels, kh, kw}, window));
    return to;
  }

  // Those scales that have the first one's size.
  Map join(const std::vector<Map>& scales) {
    Map joined = scales.front();
    std::vector<ValueId> parts{joined.value};
    for (std::size_t i = 1; i < scales.size(); ++i) {
      if (scales[i].height != joined.height || scales[i].width != joined.width) continue;
      parts.push_back(scales[i].value);
      joined.channels += scales[i].channels;
    }
    // And one more of the first scale, whose active cells are others.
    if (random_.chance(60)) {
      op::Window window;
      window.pads = {1, 1, 1, 1};
      parts.push_back(
          graph_.conv(scales.front().value, {3, scales.front().channels, 3, 3}, window));
      joined.channels += 3;
    }
    if (parts.size() > 1) joined.value = graph_.add(op::Concat{1}, parts);
    return joined;
  }

  void head(const Map& map) {
    const ValueId y = graph_.conv(map.value, {random_.from(1, 9), map.channels, 1, 1});
    graph_.output(random_.chance(50) ? graph_.transpose(y, {0, 2, 3, 1}) : y);
  }

  GraphBuilder graph_;
  Random random_;
  Shape image_;
};

}  // namespace colonnade::cpu
