package io.rebootless.server.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.repository.Repository;

interface ApiKeyRows extends Repository<ApiKeyRow, UUID> {
    ApiKeyRow saveAndFlush(ApiKeyRow row);

    Optional<ApiKeyRow> findByKeyHash(String keyHash);

    Optional<ApiKeyRow> findById(UUID id);

    Optional<ApiKeyRow> findByNameAndRevokedAtIsNull(String name);

    List<ApiKeyRow> findAllByOrderByCreatedAtAscIdAsc();
}
