#include "sample/demo_network.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "base/random.hpp"
#include "sample/onnx_writer.hpp"

namespace colonnade::sample {
namespace {

constexpr std::int64_t kSlots = 32, kFeatures = 10;
constexpr std::int64_t kAnchors = 6, kClasses = 3, kCodes = 7;

class Builder {
 public:
  Builder(std::uint64_t seed, const DemoSize& size) : size_(size), random_(seed) {}

  void write(const std::string& path) {
    out_.input("voxels", wire::TensorProto::FLOAT, {size_.pillars, kSlots, kFeatures});
    out_.input("voxel_idxs", wire::TensorProto::INT32, {size_.pillars, 4});
    out_.input("voxel_num", wire::TensorProto::INT32, {1});
    const std::string pillars = pfn(32);
    std::string x = out_.node("PPScatterPlugin", {pillars, "voxel_idxs", "voxel_num"}, "bev_image",
                              {{"dense_shape", {size_.rows, size_.columns}}});
    std::vector<std::string> scales;
    std::int64_t channels = 32;
    std::int64_t up = 1;
    for (const std::int64_t wider : {32, 64, 64}) {
      const std::string block = "block" + std::to_string(scales.size());
      x = conv(x, block + ".down", {wider, channels, 3, 3}, 2);
      x = conv(x, block + ".conv0", {wider, wider, 3, 3}, 1);
      x = conv(x, block + ".conv1", {wider, wider, 3, 3}, 1);
      channels = wider;
      scales.push_back(upsampled(x, block + ".up", channels, up));
      up *= 2;
    }
    x = out_.node("Concat", scales, "features", {{"axis", {1}, false}});
    // Zeros in, the bias out: nothing lies where no points are (sigmoid(-6) = 0.002), and some tens
    // of boxes, not far from their anchors, where the sample sweep's points are dense.
    head(x, "cls_preds", kAnchors * kClasses, 4, -6);
    head(x, "box_preds", kAnchors * kCodes, 0.5, 0);
    head(x, "dir_cls_preds", kAnchors * 2, 1, 0);
    out_.write(path);
  }

 private:
  static constexpr std::int64_t kScaleChannels = 32;

  std::vector<float> normal(const Dims& dims, double deviation) {
    const auto n = std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
    std::vector<float> values(static_cast<std::size_t>(n));
    for (float& v : values) v = static_cast<float>(deviation * random_.normal());
    return values;
  }

  /// He et al. 2015: signals keep their size through convolutions and ReLUs.
  static double he(std::int64_t fan_in) { return std::sqrt(2.0 / static_cast<double>(fan_in)); }

  std::string pfn(std::int64_t channels) {
    // One over the usual size of each feature, as training would find it: metres ahead and aside,
    // height, reflectance, then centimetres from the mean and the pillar's centre.
    constexpr std::array<double, kFeatures> scale = {0.01, 0.01, 0.7, 2, 6, 6, 3, 6, 6, 0.7};
    const Dims dims{kFeatures, channels};
    std::vector<float> weights = normal(dims, he(kFeatures));
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] *= static_cast<float>(scale[i / static_cast<std::size_t>(channels)]);
    const std::string rows = out_.node(
        "Reshape", {"voxels", out_.shape("rows.shape", {size_.pillars * kSlots, kFeatures})},
        "rows");
    std::string x =
        out_.node("MatMul", {rows, out_.weights("pfn.weight", dims, weights)}, "pfn.linear");
    x = out_.node("Relu", {normalized(x, "pfn.norm", channels)}, "pfn.relu");
    const std::string shape = out_.shape("slots.shape", {size_.pillars, kSlots, channels});
    x = out_.node("Reshape", {x, shape}, "slots");
    return out_.node("ReduceMax", {x}, "pillar_features",
                     {{"axes", {1}}, {"keepdims", {0}, false}});
  }

  std::string normalized(const std::string& x, const std::string& name, std::int64_t channels) {
    const auto n = static_cast<std::size_t>(channels);
    const Dims dims{channels};
    const std::vector<float> ones(n, 1), zeros(n, 0);
    return out_.node(
        "BatchNormalization",
        {x, out_.weights(name + ".weight", dims, ones), out_.weights(name + ".bias", dims, zeros),
         out_.weights(name + ".running_mean", dims, zeros),
         out_.weights(name + ".running_var", dims, ones)},
        name);
  }

  std::string conv(const std::string& x, const std::string& name, const Dims& dims,
                   std::int64_t stride) {
    const std::string w =
        out_.weights(name + ".weight", dims, normal(dims, he(dims[1] * dims[2] * dims[3])));
    const std::string b = out_.weights(name + ".bias", {dims[0]},
                                       std::vector<float>(static_cast<std::size_t>(dims[0])));
    out_.node("Conv", {x, w, b}, name,
              {{"kernel_shape", {3, 3}}, {"pads", {1, 1, 1, 1}}, {"strides", {stride, stride}}});
    return out_.node("Relu", {name}, name + ".relu");
  }

  std::string upsampled(const std::string& x, const std::string& name, std::int64_t channels,
                        std::int64_t up) {
    const Dims dims{channels, kScaleChannels, up, up};
    const std::string w = out_.weights(name + ".weight", dims, normal(dims, he(channels)));
    out_.node("ConvTranspose", {x, w}, name,
              {{"kernel_shape", {up, up}}, {"pads", {0, 0, 0, 0}}, {"strides", {up, up}}});
    return out_.node("Relu", {normalized(name, name + ".norm", kScaleChannels)}, name + ".relu");
  }

  void head(const std::string& x, const std::string& name, std::int64_t channels, double gain,
            float bias) {
    const Dims dims{channels, 3 * kScaleChannels, 1, 1};
    const std::string conv = name + ".conv";
    const std::string w =
        out_.weights(conv + ".weight", dims, normal(dims, gain * he(3 * kScaleChannels)));
    const std::string b = out_.weights(
        conv + ".bias", {channels}, std::vector<float>(static_cast<std::size_t>(channels), bias));
    out_.node("Conv", {x, w, b}, conv,
              {{"kernel_shape", {1, 1}}, {"pads", {0, 0, 0, 0}}, {"strides", {1, 1}}});
    out_.node("Transpose", {conv}, name, {{"perm", {0, 2, 3, 1}}});
    out_.output(name, {1, size_.rows / 2, size_.columns / 2, channels});
  }

  DemoSize size_;
  OnnxWriter out_{11};
  Random random_;
};

}  // namespace

void write_demo_network(std::uint64_t seed, const std::string& path, const DemoSize& size) {
  Builder(seed, size).write(path);
}

}  // namespace colonnade::sample
