package io.rebootless.server.access;

import io.rebootless.server.access.AccessRules.Rule;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.problem.ProblemWriter;
import io.rebootless.wire.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

/** Applies {@link AccessRules}: no sessions, no cookies, so no cross-site request forgery either. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    @Bean
    SecurityFilterChain api(
            HttpSecurity http,
            KnownApiKeys apiKeys,
            ApiKeyUse use,
            HostTokens hostTokens,
            FailedAttempts failures,
            ProblemWriter problems)
            throws Exception {
        return http.csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                // Every answer has them already, those included that never come here.
                .headers(AbstractHttpConfigurer::disable)
                .authorizeHttpRequests(requests -> {
                    requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                            .permitAll();
                    for (Rule rule : AccessRules.TABLE) {
                        var matched = requests.requestMatchers(
                                rule.method(), rule.path().getPatternString());
                        if (rule.roles().isEmpty()) {
                            matched.permitAll();
                        } else {
                            matched.hasAnyAuthority(
                                    rule.roles().stream().map(Role::name).toArray(String[]::new));
                        }
                    }
                    requests.anyRequest().hasAuthority(Role.ADMIN.name());
                })
                .exceptionHandling(exceptions -> exceptions
                        .authenticationEntryPoint((request, response, e) -> {
                            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, BearerFilter.CHALLENGE);
                            problems.write(
                                    response,
                                    ProblemType.UNAUTHENTICATED.problem(
                                            "This request needs a key or token that the server knows.",
                                            "Authorization: Bearer rlak_… or rlht_…",
                                            request.getHeader(HttpHeaders.AUTHORIZATION) == null
                                                    ? "no Authorization header"
                                                    : "an unknown key or token",
                                            "Give an API key; the first one is in the server's admin.key. GET /docs describes the API, without one."));
                        })
                        .accessDeniedHandler((request, response, e) ->
                                problems.write(response, forbidden(request, authenticatedRole()))))
                .addFilterBefore(
                        new BearerFilter(apiKeys, use, hostTokens, failures, problems), AuthorizationFilter.class)
                .build();
    }

    /** Names the roles that would do: the caller is somebody whom the server knows. */
    private static Problem forbidden(HttpServletRequest request, String role) {
        String may = AccessRules.roles(request.getMethod(), request.getRequestURI()).stream()
                .map(Role::word)
                .collect(Collectors.joining(" or "));
        return ProblemType.FORBIDDEN.problem(
                "The key is known, but its role may not %s here.".formatted(request.getMethod()),
                "the role " + may,
                role,
                may.equals(Role.HOST.word())
                        ? "Only a host asks for this, with its token."
                        : "Use a key with the role %s; docs/access.md has the table.".formatted(may));
    }

    private static String authenticatedRole() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? caller.role().word()
                : "no role";
    }

    @Bean
    FailedAttempts failedAttempts() {
        return new FailedAttempts(System::nanoTime);
    }

    /** Nobody logs in with a name and a password; without this bean Spring Boot would invent a user. */
    @Bean
    AuthenticationManager noPasswords() {
        return authentication -> {
            throw new AuthenticationServiceException("keys and tokens only");
        };
    }
}
