// What most sources include. Precompiled in cold builds (COLONNADE_PCH); each source includes what it
// uses all the same, which the builds without it hold.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>
