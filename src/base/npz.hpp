// NumPy's .npz, as np.savez writes it: a ZIP archive of .npy files that aren't compressed.
#pragma once

#include <map>
#include <string>

#include "base/tensor.hpp"

namespace colonnade {

/// By name, without ".npy". Error(io | format), naming file and member; unsupported: a compressed
/// member (np.savez_compressed).
std::map<std::string, Tensor> read_npz(const std::string& path);

}  // namespace colonnade
