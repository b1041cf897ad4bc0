#include "signing/certificate.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "mailtool/base/ascii.h"
#include "signing/source_bio.h"

namespace mailtool::signing {
namespace {

constexpr std::size_t kMaxAddressesShown = 100;
constexpr std::size_t kMaxAddressOctets = 320;  // RFC 3696 erratum 1690: 254

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct FreeTime {
  void operator()(ASN1_TIME* time) const { ASN1_TIME_free(time); }
};

void add(std::vector<std::string>& addresses, const ASN1_STRING* text) {
  const auto length = ASN1_STRING_length(text);
  if (length <= 0 || addresses.size() == kMaxAddressesShown) return;
  const std::string_view address(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
      static_cast<std::size_t>(length));
  const bool plain = std::all_of(address.begin(), address.end(), [](char c) {
    return !is_control(c) && !is_8bit(c);
  });
  if (plain && address.size() <= kMaxAddressOctets &&
      std::find(addresses.begin(), addresses.end(), address) ==
          addresses.end()) {
    addresses.emplace_back(address);
  }
}

}  // namespace

std::vector<std::string> addresses_of(const X509* certificate) {
  std::vector<std::string> addresses;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const auto* value =
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type == GEN_EMAIL)
      add(addresses, static_cast<const ASN1_IA5STRING*>(value));
  }
  const auto* subject = X509_get_subject_name(certificate);
  for (int i = -1; (i = X509_NAME_get_index_by_NID(
                        subject, NID_pkcs9_emailAddress, i)) >= 0;) {
    const auto* text =
        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
    if (ASN1_STRING_type(text) == V_ASN1_IA5STRING) add(addresses, text);
  }
  ERR_clear_error();
  return addresses;
}

std::string name_text(const X509_NAME* name) {
  const BioPointer out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0,
                                 XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
    ERR_clear_error();
    return "";
  }
  char* octets = nullptr;
  const long count = BIO_get_mem_data(out.get(), &octets);
  return count > 0 ? std::string(octets, static_cast<std::size_t>(count)) : "";
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  const std::unique_ptr<ASN1_TIME, FreeTime> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (time == nullptr || !epoch ||
      ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) {
    ERR_clear_error();
    return 0;
  }
  return std::int64_t{days} * 86'400 + seconds;
}

}  // namespace mailtool::signing
