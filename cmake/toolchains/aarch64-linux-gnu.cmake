# Debian's cross compiler on the libraries that tools/make_sysroot.sh lays out in COLONNADE_SYSROOT;
# what it builds runs under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES COLONNADE_SYSROOT)
set(CMAKE_SYSROOT ${COLONNADE_SYSROOT})

# Libraries come from there, programs (protoc, Python) from the machine that builds.
set(CMAKE_FIND_ROOT_PATH ${COLONNADE_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${COLONNADE_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
  ${COLONNADE_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${COLONNADE_SYSROOT}/usr/share/pkgconfig)

find_program(COLONNADE_QEMU NAMES qemu-aarch64-static qemu-aarch64 REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR ${COLONNADE_QEMU} -L ${COLONNADE_SYSROOT})
