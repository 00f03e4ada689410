// The shared library hides every symbol that isn't marked with COLONNADE_EXPORT.
#pragma once

#define COLONNADE_EXPORT __attribute__((visibility("default")))
