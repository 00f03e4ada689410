#include "tensorrt/adapter_module.hpp"

#include <dlfcn.h>
#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {

void* open_library(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW);
  if (library != nullptr) return library;
  throw Error(ErrorCode::unsupported, path, fmt::format("can't be loaded: {}", ::dlerror()));
}

const Adapter& adapter_of(const TensorRtLibrary& library) {
  const auto get =
      reinterpret_cast<GetAdapter>(::dlsym(open_library(library.adapter), kAdapterSymbol));
  const Adapter* adapter = get != nullptr ? get() : nullptr;
  if (adapter == nullptr || adapter->abi != kAdapterAbi ||
      adapter->header_major != library.header_major) {
    throw Error(ErrorCode::unsupported, library.adapter,
                "is an adapter of another Colonnade; build both from one source");
  }
  return *adapter;
}

}  // namespace colonnade
