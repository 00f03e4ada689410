// What the library has to say beside its answers: a callback of the caller's.
#pragma once

#include <functional>
#include <string_view>

namespace colonnade {

/// warning: what a user should see; info, debug: what helps to understand.
enum class LogLevel { debug, info, warning };

/// Called from the thread that called Colonnade; never from a worker. Empty: silence.
using LogCallback = std::function<void(LogLevel, std::string_view)>;

}  // namespace colonnade
