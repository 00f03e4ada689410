// What each layer took, over many runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colonnade/layer_run.hpp"

namespace colonnade {

/// A layer's part of the runs.
struct LayerProfile {
  std::string name, kind, precision;
  std::vector<double> ms;  ///< A run each; a layer that ran several times is summed.
  double flop = 0;         ///< Of all runs.
};

/// One lane's.
class Profile {
 public:
  /// Takes no memory for a layer that it has seen before.
  void add(const LayerRun& run);
  void end_run();
  /// Forgets the times, not the layers.
  void clear();

  std::int64_t runs() const noexcept { return runs_; }
  /// In the order in which they ran first. Of the runs that have ended.
  std::vector<LayerProfile> layers() const;

 private:
  struct Layer {
    LayerProfile profile;
    double ms = 0, flop = 0;  ///< Of this run.
  };
  std::vector<Layer> layers_;
  std::size_t next_ = 0;  ///< Likely the next: layers come in the same order in each run.
  std::int64_t runs_ = 0;
};

double sum_of(const std::vector<double>& ms);

}  // namespace colonnade
