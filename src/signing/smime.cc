#include "mailtool/signing/smime.h"

#include <openssl/cms.h>
#include <openssl/err.h>

#include <algorithm>
#include <optional>

#include "mailtool/base/ascii.h"
#include "signing/certificate.h"
#include "signing/smime_trust.h"
#include "signing/source_bio.h"

namespace mailtool::signing {
namespace {

struct FreeCms {
  void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
};
using CmsPointer = std::unique_ptr<CMS_ContentInfo, FreeCms>;

struct FreeCertificates {
  void operator()(STACK_OF(X509) * all) const {
    sk_X509_pop_free(all, X509_free);
  }
};
using Certificates = std::unique_ptr<STACK_OF(X509), FreeCertificates>;

SmimeResult outcome(SmimeVerdict verdict, std::string reason) {
  SmimeResult result;
  result.verdict = verdict;
  result.reason = std::move(reason);
  return result;
}

// Reads the SignedData; what is none of ours is an outcome.
std::optional<SmimeResult> read_cms(std::string_view octets, CmsPointer& cms) {
  const auto* at = reinterpret_cast<const unsigned char*>(octets.data());
  cms.reset(
      d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(octets.size())));
  ERR_clear_error();
  if (!cms) return outcome(SmimeVerdict::fail, "the signature cannot be read");
  switch (OBJ_obj2nid(CMS_get0_type(cms.get()))) {
    case NID_pkcs7_signed: break;
    case NID_pkcs7_enveloped:
    case NID_id_smime_ct_authEnvelopedData:
      return outcome(SmimeVerdict::unsupported,
                     "encrypted: a signature inside is not seen");
    default:
      return outcome(SmimeVerdict::unsupported,
                     "it is neither signed nor encrypted data");
  }
  const auto* signers = CMS_get0_SignerInfos(cms.get());
  const int count = sk_CMS_SignerInfo_num(signers);
  if (count <= 0) return outcome(SmimeVerdict::fail, "nobody has signed");
  if (count > kMaxSmimeSigners)
    return outcome(SmimeVerdict::unsupported,
                   "more than " + std::to_string(kMaxSmimeSigners) +
                       " signers: not checked");
  return std::nullopt;
}

// Why CMS_verify() failed, by what it left behind.
SmimeResult failure() {
  SmimeResult result =
      outcome(SmimeVerdict::fail, "the signature does not fit: it was changed");
  while (const auto error = ERR_get_error()) {
    if (ERR_GET_LIB(error) != ERR_LIB_CMS) continue;
    switch (ERR_GET_REASON(error)) {
      case CMS_R_CONTENT_VERIFY_ERROR:
        result.reason = "the content was changed";
        break;
      case CMS_R_SIGNER_CERTIFICATE_NOT_FOUND:
        return outcome(SmimeVerdict::unsupported,
                       "the certificate of the signer is not enclosed");
      case CMS_R_UNKNOWN_DIGEST_ALGORITHM:
      case CMS_R_UNSUPPORTED_CONTENT_TYPE:
        return outcome(SmimeVerdict::unsupported,
                       "an algorithm of it is not known");
      default: break;
    }
  }
  return result;
}

std::int64_t claimed_time(CMS_SignerInfo* signer) {
  auto* object = OBJ_nid2obj(NID_pkcs9_signingTime);
  for (const int type : {V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME}) {
    // -3: fails unless there is one attribute, with one value.
    const auto* time = static_cast<const ASN1_TIME*>(
        CMS_signed_get0_data_by_OBJ(signer, object, -3, type));
    if (time != nullptr) return seconds_of(time);
  }
  return 0;
}

bool is_obsolete(std::string_view digest) {
  return digest == "MD2" || digest == "MD4" || digest == "MD5" ||
         digest == "SHA1";
}

SmimeSigner describe(CMS_SignerInfo* info, STACK_OF(X509) * others,
                     const SmimeContext& context, const SmimeTrust& trust) {
  SmimeSigner signer;
  X509* certificate = nullptr;
  X509_ALGOR* digest = nullptr;
  CMS_SignerInfo_get0_algs(info, nullptr, &certificate, &digest, nullptr);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
  signer.digest = upper(OBJ_nid2sn(OBJ_obj2nid(algorithm)));
  signer.signed_at = claimed_time(info);
  if (certificate == nullptr) return signer;
  signer.subject = name_text(X509_get_subject_name(certificate));
  signer.issuer = name_text(X509_get_issuer_name(certificate));
  signer.addresses = addresses_of(certificate);
  signer.valid_from = seconds_of(X509_get0_notBefore(certificate));
  signer.valid_to = seconds_of(X509_get0_notAfter(certificate));
  signer.distrust = distrust(trust, certificate, others, context.now);
  signer.trusted = signer.distrust.empty();
  return signer;
}

bool vouches(const SmimeSigner& signer, std::string_view from) {
  return std::any_of(
      signer.addresses.begin(), signer.addresses.end(),
      [&](const std::string& own) { return same_address(own, from); });
}

// Every address of From must be that of a trusted signer.
void compare_from(const SmimeContext& context, SmimeResult& result) {
  const auto& signers = result.signers;
  if (context.from.empty()) {
    result.verdict = SmimeVerdict::mismatch;
    result.reason = "the message has no From address";
  }
  for (const auto& from : context.from) {
    const bool covered =
        std::any_of(signers.begin(), signers.end(), [&](const auto& signer) {
          return signer.trusted && vouches(signer, from);
        });
    if (covered) continue;
    result.verdict = SmimeVerdict::mismatch;
    result.reason = "no certificate is for the From address " + from;
    return;
  }
}

// The signatures hold; what are they worth?
void judge(const SmimeContext& context, SmimeResult& result) {
  result.verdict = SmimeVerdict::pass;
  bool trusted = false;
  for (const auto& signer : result.signers) {
    if (is_obsolete(signer.digest)) {
      result.verdict = SmimeVerdict::unsupported;
      result.reason =
          "signed with " + signer.digest + ", which proves nothing any more";
      return;
    }
    trusted = trusted || signer.trusted;
  }
  if (!trusted) {
    result.verdict = SmimeVerdict::untrusted;
    result.reason = result.signers.front().distrust;
    return;
  }
  compare_from(context, result);
}

// `content` is null for what is opaque.
SmimeResult verify_cms(CMS_ContentInfo* cms, BIO* content,
                       const SmimeContext& context, const SmimeTrust& trust) {
  const Certificates others(CMS_get1_certs(cms));
  if (others && sk_X509_num(others.get()) > kMaxSmimeCertificates)
    return outcome(SmimeVerdict::unsupported,
                   "more than " + std::to_string(kMaxSmimeCertificates) +
                       " certificates: not checked");
  ERR_clear_error();
  // Trust is a question of its own, asked below.
  if (CMS_verify(cms, nullptr, nullptr, content, nullptr,
                 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
    return failure();
  }
  ERR_clear_error();
  SmimeResult result;
  const auto* infos = CMS_get0_SignerInfos(cms);
  for (int i = 0; i < sk_CMS_SignerInfo_num(infos); ++i) {
    result.signers.push_back(describe(sk_CMS_SignerInfo_value(infos, i),
                                      others.get(), context, trust));
  }
  ERR_clear_error();
  judge(context, result);
  return result;
}

SmimeResult too_large(std::size_t limit) {
  return outcome(
      SmimeVerdict::unsupported,
      "larger than " + std::to_string(limit) + " octets: not checked");
}

}  // namespace

std::string_view to_string(SmimeVerdict verdict) noexcept {
  switch (verdict) {
    case SmimeVerdict::pass: return "pass";
    case SmimeVerdict::fail: return "fail";
    case SmimeVerdict::untrusted: return "untrusted";
    case SmimeVerdict::mismatch: return "mismatch";
    case SmimeVerdict::unsupported: return "unsupported";
  }
  return "unsupported";
}

bool same_address(std::string_view a, std::string_view b) noexcept {
  return iequals(a, b);
}

Result<SmimeResult> verify_detached(std::string_view signature, Source& content,
                                    const SmimeContext& context,
                                    const SmimeTrust& trust) {
  if (signature.size() > kMaxDetachedSignature)
    return too_large(kMaxDetachedSignature);
  CmsPointer cms;
  if (auto known = read_cms(signature, cms)) return *known;
  // What would be checked then is not what the reader is shown.
  if (CMS_is_detached(cms.get()) != 1)
    return outcome(SmimeVerdict::fail,
                   "the signature has a content of its own inside");
  CrlfReader reader(content);
  const auto bio = make_source_bio(reader);
  if (!bio) return Error{ErrorKind::system, "no memory"};
  auto result = verify_cms(cms.get(), bio.get(), context, trust);
  if (reader.error()) return *reader.error();
  return result;
}

SmimeResult verify_opaque(std::string_view signed_data,
                          const SmimeContext& context,
                          const SmimeTrust& trust) {
  if (signed_data.size() > kMaxOpaqueSignature)
    return too_large(kMaxOpaqueSignature);
  CmsPointer cms;
  if (auto known = read_cms(signed_data, cms)) return *known;
  if (CMS_is_detached(cms.get()) == 1)
    return outcome(SmimeVerdict::fail, "there is no content in it");
  return verify_cms(cms.get(), nullptr, context, trust);
}

}  // namespace mailtool::signing
