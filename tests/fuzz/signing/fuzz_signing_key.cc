// A key file: refused with a reason, or a key whose record can be published
// and whose signatures it verifies.

#include "mailtool/signing/signing_key.h"

#include "mailtool/signing/key_record.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::signing;
  const auto key = SigningKey::read(as_text(data, size));
  if (!key) {
    require(!key.error().one_line().empty());
    return 0;
  }
  KeyRecord record;
  require(!read_key_record(key->record(), record));
  require(record.type == key->type());
  // sign() checks its own work; it may fail for halves of two keys.
  const auto signature = key->sign(Digest256{});
  require(!signature || !signature->empty());
  return 0;
}
