// What a node takes before it runs: a file's numbers must not decide how much memory and time go.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "kernels/reference.hpp"

namespace colonnade {

/// What one run of a graph may take. A PointPillars network takes 0.3 GB and 2e11 operations.
struct RunLimits {
  double bytes = 4.0 * (1U << 30);  ///< Of all tensors that are alive at once.
  double operations = 1e13;         ///< Scalar ones, of all nodes.
};

/// An estimate, within a small factor. Doubles: dims of 2^60 multiply without overflow.
struct Cost {
  double operations = 0;
  double bytes = 0;  ///< Of the outputs and of what the reference kernel holds beside them.
};

/// Of a convolution or matrix product; 0 for other operators; nothing where a shape isn't known.
std::optional<double> multiply_adds(const Node& node, std::span<const TypeInfo> inputs,
                                    std::span<const TypeInfo> outputs);

/// Nothing where a shape isn't known.
std::optional<Cost> cost_of(const Node& node, std::span<const TypeInfo> inputs,
                            std::span<const TypeInfo> outputs);

/// Elements of a static shape, from axis `first` on, however many they are.
double elements_of(const Shape& shape, std::size_t first = 0);

/// Bytes of a tensor of that type; 0 where its shape isn't known.
double bytes_of(const TypeInfo& type);

/// "12.3 GB", "540 MB", "1.2 MB", "12 KB": for messages.
std::string bytes_text(double bytes);

/// Counts against the limits while a graph runs.
class Budget {
 public:
  explicit Budget(const RunLimits& limits) : limits_(limits) {}

  /// Counts a node's operations. Error(limit): its memory beside what's held, or its operations
  /// after those before it, are more than a run may take.
  void admit(const Cost& cost);
  /// Tensors that stay alive, or (below 0) were freed.
  void hold(double bytes) noexcept { held_ += bytes; }

 private:
  RunLimits limits_;
  double held_ = 0, operations_ = 0;
};

}  // namespace colonnade
