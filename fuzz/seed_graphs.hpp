// Small ONNX files that the mutator starts from: every operator, and the parts of PointPillars.
#pragma once

#include <map>
#include <string>

namespace colonnade::fuzz {

/// Name -> bytes.
std::map<std::string, std::string> seed_graphs();

}  // namespace colonnade::fuzz
