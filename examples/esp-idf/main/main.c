/* main.c -- a GET by esp_http_client that trusts the anchors of trust.bundle alone */
#include <stddef.h>
#include <stdint.h>

#include "esp_crt_bundle.h"
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

static const char tag[] = "hello";

/* What EMBED_FILES makes of trust.bundle; x509_crt_bundle is the name of ESP-IDF's own. */
extern const uint8_t bundle_start[] asm("_binary_trust_bundle_start");
extern const uint8_t bundle_end[] asm("_binary_trust_bundle_end");

static void fetch(void)
{
    const esp_http_client_config_t config = {
        .url = "https://example.org/",
        .crt_bundle_attach = esp_crt_bundle_attach,
    };
    esp_http_client_handle_t client = esp_http_client_init(&config);
    const esp_err_t result = esp_http_client_perform(client);

    if (result == ESP_OK)
        ESP_LOGI(tag, "status %d", esp_http_client_get_status_code(client));
    else
        ESP_LOGE(tag, "%s", esp_err_to_name(result));
    esp_http_client_cleanup(client);
}

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    ESP_ERROR_CHECK(esp_crt_bundle_set(bundle_start, (size_t)(bundle_end - bundle_start)));
    fetch();
}
