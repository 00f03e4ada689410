// A whole model with random weights: model.yaml and its graph.
#pragma once

#include <cstdint>
#include <string>

#include "sample/demo_network.hpp"

namespace colonnade::sample {

/// Enough to see the nearest cars of the sample street; a test runs it in milliseconds.
inline constexpr DemoSize kSmall{128, 128, 2000};

/// Writes FOLDER/pointpillar.onnx and FOLDER/model.yaml; answers the latter's path. The same seed
/// gives the same model.
std::string write_demo_model(const std::string& folder, std::uint64_t seed = 2026,
                             const DemoSize& size = {});

}  // namespace colonnade::sample
