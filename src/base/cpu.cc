#include "mailtool/base/cpu.h"

namespace mailtool {
namespace {

VectorLevel ask() noexcept {
#ifdef MAILTOOL_X86
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") &&
                    __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2");
  if (!avx2) return VectorLevel::scalar;
  const bool vbmi2 = __builtin_cpu_supports("avx512f") &&
                     __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512vbmi") &&
                     __builtin_cpu_supports("avx512vbmi2");
  return vbmi2 ? VectorLevel::avx512vbmi2 : VectorLevel::avx2;
#else
  return VectorLevel::scalar;
#endif
}

}  // namespace

VectorLevel vector_level() noexcept {
  static const VectorLevel level = ask();
  return level;
}

}  // namespace mailtool
