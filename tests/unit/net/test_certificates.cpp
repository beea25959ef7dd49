#include "unit/net/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace everbit::net::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void demand(bool fine) {
  if (!fine) throw std::runtime_error("cannot make a test certificate");
}

Key make_key() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  demand(key != nullptr);
  return Key(key, EVP_PKEY_free);
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  demand(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(const std::string& name, EVP_PKEY* key, long serial) {
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

bool is_address(const std::string& host) {
  return host.find_first_not_of("0123456789.") == std::string::npos;
}

template <class Write>
void write_pem(const std::filesystem::path& path, const Write& write) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  demand(file != nullptr);
  const bool written = write(file) == 1;
  demand(std::fclose(file) == 0 && written);
}

}  // namespace

TestCertificates::TestCertificates(const std::string& host) {
  std::string pattern = (std::filesystem::temp_directory_path() / "everbit-tls-XXXXXX").string();
  demand(mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  const Key ca_key = make_key();
  const Key key = make_key();
  const Certificate ca = make_certificate("Everbit test CA", ca_key.get(), 1);
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  demand(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0);
  const Certificate server = make_certificate(host, key.get(), 2);
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  add_extension(server.get(), ca.get(), NID_subject_alt_name,
                (is_address(host) ? "IP:" : "DNS:") + host);
  demand(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0);
  write_pem(ca_file(), [&](std::FILE* file) { return PEM_write_X509(file, ca.get()); });
  write_pem(certificate_file(),
            [&](std::FILE* file) { return PEM_write_X509(file, server.get()); });
  write_pem(key_file(), [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

TestCertificates::~TestCertificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace everbit::net::testing
