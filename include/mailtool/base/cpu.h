/// \file
/// The vector instructions that this machine has, asked once.
#pragma once

#include <cstdint>

namespace mailtool {

/// What a routine with several twins may use. Each level has the ones before.
enum class VectorLevel : std::uint8_t {
  scalar,      ///< portable C++, on every machine
  avx2,        ///< x86-64 with AVX2, BMI1 and BMI2
  avx512vbmi2  ///< x86-64 with AVX-512 F, BW, VL, VBMI and VBMI2
};

/// The highest level that processor and system allow. Cheap: a stored value.
[[nodiscard]] VectorLevel vector_level() noexcept;

/// The SHA extensions of x86-64, whatever the level.
[[nodiscard]] bool has_sha_instructions() noexcept;

}  // namespace mailtool

/// MAILTOOL_X86: the compiler takes __attribute__((target("avx2"))).
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define MAILTOOL_X86 1
#endif
